import type { Migration } from '@veche/service-kit'

/** History keys as the account's devices sealed them to its backup key: the server cannot open them. */
export const historyKey: Migration = {
  name: '202611220120_history_key',
  sql: `
    CREATE TABLE history_key (
      account_id bytea NOT NULL REFERENCES account ON DELETE CASCADE,
      number bigint NOT NULL,
      -- SHA-256 of the bytes: the same again are stored once.
      hash bytea NOT NULL,
      sealed bytea STORAGE EXTERNAL NOT NULL,
      -- Of this one and all before.
      total_bytes bigint NOT NULL,
      PRIMARY KEY (account_id, number),
      UNIQUE (account_id, hash)
    )`,
}
