import type { Migration } from '@veche/service-kit'

export const inbox: Migration = {
  name: '202611200902_inbox',
  sql: `
    -- What a device alone must learn; it stays until acknowledged.
    CREATE TABLE inbox (
      device bigint NOT NULL REFERENCES devices ON DELETE CASCADE,
      position bigint NOT NULL,
      -- 1 Welcome, 2 request to the account, 3 answer to its request, 4 chat opened.
      kind smallint NOT NULL,
      at_ms bigint NOT NULL,
      -- The chat's id, or the request's.
      subject bytea NOT NULL,
      -- Of a Welcome: the commit's position, and the sealed MLS Welcome.
      log_position bigint,
      welcome bytea,
      PRIMARY KEY (device, position)
    );
  `,
}
