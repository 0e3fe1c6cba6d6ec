import type { Migration } from '@veche/service-kit'

/**
 * A system that has taken Nichatka in. Whoever sends, makes users or changes groups locks its row first, so that
 * messages are numbered in the order in which they become visible and hosts learn nothing of each other's volume.
 */
export const host: Migration = {
  name: '202611211720_host',
  sql: `
    CREATE TABLE host (
      id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text COLLATE "C" NOT NULL UNIQUE,
      last_message_id bigint NOT NULL DEFAULT 0,
      last_group_id integer NOT NULL DEFAULT 0,
      last_sent_at timestamptz NOT NULL DEFAULT '-infinity',
      -- Whether no message is dated before one of a lower id: false once the clock was set back.
      is_ordered boolean NOT NULL DEFAULT true,
      -- How many messages went to everyone, by the sender's priority.
      broadcasts_ordinary integer NOT NULL DEFAULT 0,
      broadcasts_important integer NOT NULL DEFAULT 0,
      broadcasts_critical integer NOT NULL DEFAULT 0
    ) WITH (fillfactor = 20);`,
}
