import type { Migration } from '@veche/service-kit'

/** Whether the account's other devices have been told that a device came, and that it ended. */
export const deviceEnding: Migration = {
  name: '202611220105_device_ending',
  sql: `
    ALTER TABLE devices
      -- It has opened its stream, and the others know of it.
      ADD COLUMN announced boolean NOT NULL DEFAULT true,
      -- 0 active, 1 ended, 2 revoked by its account.
      ADD COLUMN ending smallint NOT NULL DEFAULT 0;
    ALTER TABLE devices ALTER COLUMN announced SET DEFAULT false`,
}
