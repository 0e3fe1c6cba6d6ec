import type { Migration } from '@veche/service-kit'

/** Who may start nothing with whom. */
export const block: Migration = {
  name: '202611200010_block',
  sql: `
    CREATE TABLE block (
      blocker_id bytea NOT NULL REFERENCES account ON DELETE CASCADE,
      blocked_id bytea NOT NULL REFERENCES account ON DELETE CASCADE,
      PRIMARY KEY (blocker_id, blocked_id)
    )`,
}
