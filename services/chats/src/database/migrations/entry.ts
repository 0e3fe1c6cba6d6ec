import type { Migration } from '@veche/service-kit'

export const entry: Migration = {
  name: '202611200907_entry',
  sql: `
    -- No foreign keys: they would lock two rows for each message. The append writer alone inserts, with the
    -- chat's row locked and the sender's row known.
    CREATE TABLE entries (
      chat_id bytea NOT NULL,
      position bigint NOT NULL,
      -- veche.chats.v1.EntryKind.
      kind smallint NOT NULL,
      device bigint NOT NULL,
      message_id bytea NOT NULL,
      epoch bigint NOT NULL,
      received_at_ms bigint NOT NULL,
      entry_hash bytea NOT NULL,
      -- hash(position): veche.e2ee.v1.LogDigest.
      log_hash bytea NOT NULL,
      -- MLSMessage, content and wrapped key, sealed under the chat's data key (M15).
      payload bytea STORAGE EXTERNAL NOT NULL,
      PRIMARY KEY (chat_id, position)
    );
    CREATE UNIQUE INDEX entries_message ON entries (chat_id, device, message_id);
  `,
}
