import type { Migration } from '@veche/service-kit'

/**
 * How long a device was silent is counted in days on which the server was there: one that is off for a season ends nobody.
 * `silent`: the server has ended the device for it.
 */
export const silence: Migration = {
  name: '202611220740_silence',
  sql: `
    ALTER TABLE device ADD COLUMN silent boolean NOT NULL DEFAULT false;
    CREATE TABLE server_day (day integer PRIMARY KEY)`,
}
