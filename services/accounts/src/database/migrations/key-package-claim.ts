import type { Migration } from '@veche/service-kit'

/** Answers to claims, for as long as their grant lives: the same grant gets the same packages. Who asked is not kept. */
export const keyPackageClaim: Migration = {
  name: '202611200009_key_package_claim',
  sql: `
    CREATE TABLE key_package_claim (
      grant_id bytea PRIMARY KEY,
      -- An encoded ClaimKeyPackagesResponse; null only inside the transaction that makes it.
      response bytea,
      expires_at timestamptz NOT NULL
    )`,
}
