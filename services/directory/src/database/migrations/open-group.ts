import type { Migration } from '@veche/service-kit'

/** Of open groups alone, and nothing but what anyone may see. */
export const openGroup: Migration = {
  name: '202611220100_open_group',
  sql: `
    CREATE TABLE open_group (
      chat_id bytea PRIMARY KEY CHECK (octet_length(chat_id) = 16),
      name text NOT NULL,
      -- What the group is looked up by: text/search-keys.ts, and the version that made them.
      keys integer[] NOT NULL,
      keys_version smallint NOT NULL
    );
    CREATE INDEX open_group_keys ON open_group USING gin (keys);`,
}
