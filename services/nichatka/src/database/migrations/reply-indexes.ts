import type { Migration } from '@veche/service-kit'

/**
 * Each panel says of each message whether its thread holds another. Most stand alone: that is told by indexes of replies,
 * which are small, and no message itself is read for it.
 */
export const replyIndexes: Migration = {
  name: '202611220050_reply_indexes',
  sql: `
    CREATE INDEX message_reply ON message (host_id, id) INCLUDE (thread_id, parent_id) WHERE parent_id IS NOT NULL;
    CREATE INDEX message_reply_thread ON message (host_id, thread_id, id) WHERE parent_id IS NOT NULL;
    -- How often a group was renamed: names that are remembered hold as long as it stays the same.
    ALTER TABLE host ADD COLUMN group_renames integer NOT NULL DEFAULT 0;`,
}
