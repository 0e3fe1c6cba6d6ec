import type { Migration } from '@veche/service-kit'

export const replacement: Migration = {
  name: '202611220530_replacement',
  sql: `
    -- Signed wishes of devices to be replaced by themselves in a chat that they are in: the last one of each.
    CREATE TABLE replacements (
      chat_id bytea NOT NULL REFERENCES chats,
      device bigint NOT NULL REFERENCES devices,
      -- The epoch that it names, veche.e2ee.v1.ReplaceRequest's bytes, and the key package.
      epoch bigint NOT NULL,
      request bytea NOT NULL,
      key_package bytea NOT NULL,
      PRIMARY KEY (chat_id, device)
    );
  `,
}
