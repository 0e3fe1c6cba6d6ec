import type { Migration } from '@veche/service-kit'

/** How a device ended: the account's own word on it, where there is one, and the day, for tokens that still live. */
export const deviceEnding: Migration = {
  name: '202611211450_device_ending',
  sql: `
    ALTER TABLE device ADD COLUMN revocation bytea, ADD COLUMN ended_day integer;
    CREATE INDEX device_ended ON device (ended_day) WHERE ended_day IS NOT NULL`,
}
