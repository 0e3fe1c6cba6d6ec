import type { Migration } from '@veche/service-kit'

export const secret: Migration = {
  name: '202611200903_secret',
  sql: `
    -- Keys of the service itself, sealed under the server's master key.
    CREATE TABLE secrets (name text PRIMARY KEY, sealed bytea NOT NULL);
  `,
}
