import type { Migration } from '@veche/service-kit'

/** The key package a device gives when its one-time ones are used up. */
export const lastResortKeyPackage: Migration = {
  name: '202611200007_last_resort_key_package',
  sql: `
    CREATE TABLE last_resort_key_package (
      account_id bytea NOT NULL,
      device_id bytea NOT NULL,
      key_package bytea NOT NULL,
      expires_day integer NOT NULL,
      PRIMARY KEY (account_id, device_id),
      FOREIGN KEY (account_id, device_id) REFERENCES device ON DELETE CASCADE
    )`,
}
