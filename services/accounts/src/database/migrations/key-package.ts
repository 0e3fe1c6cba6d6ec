import type { Migration } from '@veche/service-kit'

/** One-time key packages not given out yet, by their KeyPackageRef (RFC 9420 section 5.2). */
export const keyPackage: Migration = {
  name: '202611200006_key_package',
  sql: `
    CREATE TABLE key_package (
      reference bytea PRIMARY KEY,
      account_id bytea NOT NULL,
      device_id bytea NOT NULL,
      key_package bytea NOT NULL,
      -- The day on which its lifetime ends: it is not given out from that day on.
      expires_day integer NOT NULL,
      FOREIGN KEY (account_id, device_id) REFERENCES device ON DELETE CASCADE
    );
    CREATE INDEX key_package_device ON key_package (account_id, device_id, expires_day);
    CREATE INDEX key_package_expiry ON key_package (expires_day)`,
}
