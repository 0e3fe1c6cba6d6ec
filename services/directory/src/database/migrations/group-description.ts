import type { Migration } from '@veche/service-kit'

/** Open groups are found by their descriptions, too. Rows of before are made anew by the first comparison with chats. */
export const groupDescription: Migration = {
  name: '202611220805_group_description',
  sql: `
    ALTER TABLE open_group ADD COLUMN description text NOT NULL DEFAULT '',
      -- Those of the keys that are of the name: who is called so stands before whom a description tells of.
      ADD COLUMN name_keys integer[] NOT NULL DEFAULT '{}'`,
}
