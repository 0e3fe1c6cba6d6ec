import type { Migration } from '@veche/service-kit'

/** Of open accounts alone, and nothing but what anyone may see of them. */
export const person: Migration = {
  name: '202611211500_person',
  sql: `
    CREATE TABLE person (
      account_id bytea PRIMARY KEY CHECK (octet_length(account_id) = 32),
      handle text COLLATE "C" NOT NULL,
      display_name text NOT NULL,
      -- What the person is looked up by: text/search-keys.ts, and the version that made them.
      keys integer[] NOT NULL,
      keys_version smallint NOT NULL
    );
    CREATE INDEX person_handle ON person (handle);
    CREATE INDEX person_keys ON person USING gin (keys);`,
}
