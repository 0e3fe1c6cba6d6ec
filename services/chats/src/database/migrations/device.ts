import type { Migration } from '@veche/service-kit'

export const device: Migration = {
  name: '202611200901_device',
  sql: `
    -- One row a device, whose number stands for it everywhere else. It is also the head of the device's inbox.
    CREATE TABLE devices (
      device bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      account_id bytea NOT NULL,
      device_id bytea NOT NULL,
      inbox_head bigint NOT NULL DEFAULT 0,
      UNIQUE (account_id, device_id)
    ) WITH (fillfactor = 80);
  `,
}
