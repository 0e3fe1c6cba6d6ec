import type { Migration } from '@veche/service-kit'

/** What the server needs to check a password it never sees. */
export const opaqueRecord: Migration = {
  name: '202611200003_opaque_record',
  sql: `
    CREATE TABLE opaque_record (
      account_id bytea PRIMARY KEY REFERENCES account ON DELETE CASCADE,
      opaque_version integer NOT NULL,
      record text NOT NULL
    )`,
}
