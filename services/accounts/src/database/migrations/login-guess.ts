import type { Migration } from '@veche/service-kit'

/** How many guesses at a password are left (B4). Rows are of handles, taken or not, under a keyed hash, and live an hour. */
export const loginGuess: Migration = {
  name: '202611200013_login_guess',
  sql: `
    CREATE TABLE login_guess (
      subject bytea PRIMARY KEY,
      -- When all guesses are there again: the whole state of the bucket.
      full_at timestamptz NOT NULL
    )`,
}
