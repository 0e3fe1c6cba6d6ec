import type { Migration } from '@veche/service-kit'

/** Registration codes by their SHA-256. Who made one, and who used it, is not kept. */
export const registrationCode: Migration = {
  name: '202611200011_registration_code',
  sql: `
    CREATE TABLE registration_code (
      code_hash bytea PRIMARY KEY,
      -- The account made with it administers the server.
      administrator boolean NOT NULL,
      uses_left integer NOT NULL CHECK (uses_left >= 0),
      expires_at timestamptz NOT NULL
    );
    -- Of the administrator's, one at most.
    CREATE UNIQUE INDEX registration_code_administrator ON registration_code (administrator) WHERE administrator`,
}
