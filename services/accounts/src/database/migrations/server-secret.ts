import type { Migration } from '@veche/service-kit'

/** Keys of the service, sealed under the server's master key; made at the first start. */
export const serverSecret: Migration = {
  name: '202611200001_server_secret',
  sql: `
    CREATE TABLE server_secret (
      name text PRIMARY KEY,
      sealed bytea NOT NULL
    )`,
}
