import type { Migration } from '@veche/service-kit'

export const mark: Migration = {
  name: '202611220040_mark',
  sql: `
    -- What an account's own devices agree on about a chat, sealed under a key that only they have (M20).
    CREATE TABLE own_marks (
      account_id bytea NOT NULL,
      chat_id bytea NOT NULL REFERENCES chats,
      -- Grows with each mark of the account.
      revision bigint NOT NULL,
      sealed bytea STORAGE PLAIN NOT NULL,
      PRIMARY KEY (account_id, chat_id),
      UNIQUE (account_id, revision)
    );

    -- The newest read mark of each account in a chat, sealed under the chat's keys.
    CREATE TABLE read_marks (
      chat_id bytea NOT NULL REFERENCES chats,
      account_id bytea NOT NULL,
      device bigint NOT NULL REFERENCES devices,
      -- Which are newer: not when they were set.
      number bigint NOT NULL,
      sealed bytea STORAGE PLAIN NOT NULL,
      PRIMARY KEY (chat_id, account_id)
    ) WITH (fillfactor = 80);
    CREATE SEQUENCE read_mark_numbers;
  `,
}
