import type { Migration } from '@veche/service-kit'

export const openGroup: Migration = {
  name: '202611220140_open_group',
  sql: `
    -- What open groups show to everybody, as a member's commit said it: gone with the open link.
    CREATE TABLE open_groups (
      chat_id bytea PRIMARY KEY,
      invite_id bytea NOT NULL,
      -- Of the open link: whoever finds the group joins by it.
      seed bytea NOT NULL,
      name text NOT NULL,
      description text NOT NULL,
      FOREIGN KEY (chat_id, invite_id) REFERENCES invites ON DELETE CASCADE
    );
  `,
}
