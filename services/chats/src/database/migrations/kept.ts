import type { Migration } from '@veche/service-kit'

export const kept: Migration = {
  name: '202611211430_kept',
  sql: `
    ALTER TABLE chats
      -- The accounts that do not wish the server to keep the history: \`kept\` while there are none.
      ADD COLUMN unkept_by bytea[] NOT NULL DEFAULT '{}',
      -- How often the wishes have changed.
      ADD COLUMN kept_revision bigint NOT NULL DEFAULT 0,
      -- Entries up to here are removed.
      ADD COLUMN swept bigint NOT NULL DEFAULT 0,
      -- Entries up to here are to be removed although the chat is kept again: the head it had then.
      ADD COLUMN sweep_until bigint NOT NULL DEFAULT 0;
    -- No column that an append changes: appends stay within their page (HOT).
    CREATE INDEX chats_to_sweep ON chats (chat_id) WHERE NOT kept OR swept < sweep_until;

    -- Of a removed entry (kind 3) only position and hashes are left.
    ALTER TABLE entries
      ALTER COLUMN device DROP NOT NULL,
      ALTER COLUMN message_id DROP NOT NULL,
      ALTER COLUMN epoch DROP NOT NULL,
      ALTER COLUMN received_at_ms DROP NOT NULL,
      ALTER COLUMN payload DROP NOT NULL,
      ADD CONSTRAINT entries_removed CHECK (
        CASE WHEN kind = 3 THEN num_nonnulls(device, message_id, epoch, received_at_ms, payload) = 0
          ELSE num_nulls(device, message_id, epoch, received_at_ms, payload) = 0 END
      );
  `,
}
