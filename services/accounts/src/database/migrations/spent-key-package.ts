import type { Migration } from '@veche/service-kit'

/** One-time key packages that were given out: an upload repeated after a lost answer must not bring them back (A15). */
export const spentKeyPackage: Migration = {
  name: '202611200008_spent_key_package',
  sql: `
    CREATE TABLE spent_key_package (
      reference bytea PRIMARY KEY,
      expires_day integer NOT NULL
    );
    CREATE INDEX spent_key_package_expiry ON spent_key_package (expires_day)`,
}
