import type { Migration } from '@veche/service-kit'

export const chatDevice: Migration = {
  name: '202611200906_chat_device',
  sql: `
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
  `,
}
