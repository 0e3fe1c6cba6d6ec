import type { Migration } from '@veche/service-kit'

/**
 * Written once, never changed and never deleted (N12). Foreign keys are left out of what is written most: users and
 * messages are never deleted, and a check for each row would cost more than the row.
 */
export const message: Migration = {
  name: '202611211723_message',
  sql: `
    CREATE TABLE message (
      id bigint NOT NULL,
      parent_id bigint,
      -- The first message of its thread.
      thread_id bigint NOT NULL,
      sent_at timestamptz NOT NULL,
      sender_id integer NOT NULL,
      host_id smallint NOT NULL,
      priority smallint NOT NULL CHECK (priority BETWEEN 0 AND 2),
      to_everyone boolean NOT NULL,
      key text COLLATE "C" NOT NULL,
      text text NOT NULL,
      -- PostgreSQL's Russian configuration stems words in Latin letters as English ones.
      words tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('pg_catalog.russian', text)) STORED,
      PRIMARY KEY (host_id, id),
      UNIQUE (host_id, sender_id, key)
    );
    CREATE INDEX message_thread ON message (host_id, thread_id, id);
    CREATE INDEX message_sent_at ON message (host_id, sent_at, id);
    CREATE INDEX message_to_everyone ON message (host_id, id) INCLUDE (sender_id, priority) WHERE to_everyone;
    CREATE INDEX message_words ON message USING gin (words);`,
}
