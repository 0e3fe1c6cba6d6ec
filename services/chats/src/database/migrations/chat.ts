import type { Migration } from '@veche/service-kit'

export const chat: Migration = {
  name: '202611200905_chat',
  sql: `
    CREATE TABLE chats (
      chat_id bytea PRIMARY KEY,
      -- 1 private.
      type smallint NOT NULL,
      -- The two accounts of a private chat, ascending.
      accounts bytea[] NOT NULL,
      head bigint NOT NULL,
      epoch bigint NOT NULL,
      log_hash bytea NOT NULL,
      -- The server keeps the history (M15, M22).
      kept boolean NOT NULL DEFAULT true,
      -- The chat's data key, sealed under the server's master key.
      data_key bytea NOT NULL
    ) WITH (fillfactor = 80);
  `,
}
