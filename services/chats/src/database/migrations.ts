/**
 * The schema of `chats`. Ids are bytes, times are milliseconds since 1970. Nothing of a person is here but
 * account ids and the handles that an asker wrote; nothing of a message but who sent it, when, and its size.
 */
import type { Migration } from '@veche/service-kit'

export const migrations: readonly Migration[] = [
  {
    name: '202611200900_devices',
    sql: `
      -- One row a device, whose number stands for it everywhere else. It is also the head of the device's inbox.
      CREATE TABLE devices (
        device bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        account_id bytea NOT NULL,
        device_id bytea NOT NULL,
        inbox_head bigint NOT NULL DEFAULT 0,
        -- Stands for a device that is never told of a request, so that telling costs the same as not telling (B6).
        decoy boolean NOT NULL DEFAULT false,
        UNIQUE (account_id, device_id)
      ) WITH (fillfactor = 80);

      -- What a device alone must learn; it stays until acknowledged.
      CREATE TABLE inbox (
        device bigint NOT NULL REFERENCES devices ON DELETE CASCADE,
        position bigint NOT NULL,
        -- 1 Welcome, 2 request to the account, 3 answer to its request, 4 chat opened.
        kind smallint NOT NULL,
        at_ms bigint NOT NULL,
        -- The chat's id, or the request's.
        subject bytea NOT NULL,
        -- Of a Welcome: the commit's position, and the sealed MLS Welcome.
        log_position bigint,
        welcome bytea,
        PRIMARY KEY (device, position)
      );

      -- Keys of the service itself, sealed under the server's master key.
      CREATE TABLE secrets (name text PRIMARY KEY, sealed bytea NOT NULL);
    `,
  },
  {
    name: '202611200901_pairs',
    sql: `
      -- What two accounts have agreed about their private chat: requests/pair.ts.
      CREATE TABLE pairs (
        asker bytea NOT NULL,
        asked bytea NOT NULL,
        request_id bytea NOT NULL UNIQUE,
        -- The one private chat of the pair, chosen at the first request.
        chat_id bytea NOT NULL UNIQUE,
        -- 0 none, 1 pending, 2 refused, 3 allowed, 4 open.
        state smallint NOT NULL,
        -- Of pending: the asked account sees it.
        shown boolean NOT NULL,
        -- Of allowed: the right to create the chat is the asker's, else the other's.
        asker_holds boolean NOT NULL,
        -- When the state was entered, and when it was asked.
        since_ms bigint NOT NULL,
        requested_at_ms bigint NOT NULL,
        -- As the asker wrote it, and the asker's own: to find the pair by a handle that is no longer found.
        asked_handle text NOT NULL,
        asker_handle text NOT NULL
      );
      CREATE UNIQUE INDEX pairs_pair ON pairs (least(asker, asked), greatest(asker, asked));
      CREATE INDEX pairs_asker ON pairs (asker, asked_handle);
      CREATE INDEX pairs_asked ON pairs (asked, asker_handle);
    `,
  },
  {
    name: '202611200902_chats',
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

      -- Which device is which leaf, and what it has.
      CREATE TABLE chat_devices (
        chat_id bytea NOT NULL REFERENCES chats,
        device bigint NOT NULL REFERENCES devices,
        leaf integer NOT NULL,
        -- The position of the commit that added it, and of the one that removed it.
        since bigint NOT NULL,
        until bigint,
        -- The last position that the device stored.
        acknowledged bigint NOT NULL,
        PRIMARY KEY (chat_id, device)
      ) WITH (fillfactor = 80);
      CREATE INDEX chat_devices_device ON chat_devices (device);
      CREATE UNIQUE INDEX chat_devices_leaf ON chat_devices (chat_id, leaf) WHERE until IS NULL;

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
  },
]
