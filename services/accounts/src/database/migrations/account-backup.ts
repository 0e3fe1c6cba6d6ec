import type { Migration } from '@veche/service-kit'

/** The account secret as its owner wrapped it: the server cannot open it. */
export const accountBackup: Migration = {
  name: '202611200004_account_backup',
  sql: `
    CREATE TABLE account_backup (
      account_id bytea PRIMARY KEY REFERENCES account ON DELETE CASCADE,
      -- Encoded WrappedSecrets.
      password_wrap bytea NOT NULL,
      recovery_wrap bytea NOT NULL,
      recovery_verifier_hash bytea NOT NULL,
      backup_key bytea NOT NULL
    )`,
}
