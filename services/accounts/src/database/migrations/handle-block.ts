import type { Migration } from '@veche/service-kit'

/** Who is blocked by a handle alone, of which nobody tells whether there is an account (B6). */
export const handleBlock: Migration = {
  name: '202611211430_handle_block',
  sql: `
    CREATE TABLE handle_block (
      blocker_id bytea NOT NULL REFERENCES account ON DELETE CASCADE,
      handle text COLLATE "C" NOT NULL,
      PRIMARY KEY (blocker_id, handle)
    )`,
}
