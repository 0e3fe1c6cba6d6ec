import type { Migration } from '@veche/service-kit'

/** All that is kept of a person: an id that is the hash of a key, a handle and a display name. */
export const account: Migration = {
  name: '202611200002_account',
  sql: `
    CREATE TABLE account (
      account_id bytea PRIMARY KEY CHECK (octet_length(account_id) = 32),
      account_key bytea NOT NULL CHECK (octet_length(account_key) = 32),
      handle text COLLATE "C" NOT NULL UNIQUE,
      handle_skeleton text COLLATE "C" NOT NULL UNIQUE,
      display_name text NOT NULL,
      -- Values of AcceptancePolicy and Visibility.
      acceptance smallint NOT NULL DEFAULT 2,
      visibility smallint NOT NULL DEFAULT 1,
      administrator boolean NOT NULL DEFAULT false,
      -- SHA-256 of the registration statement: tells a repeated registration from another one.
      statement_hash bytea NOT NULL
    )`,
}
