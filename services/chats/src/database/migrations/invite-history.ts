import type { Migration } from '@veche/service-kit'

export const inviteHistory: Migration = {
  name: '202611220440_invite_history',
  sql: `
    -- Pages of history keys for who joins by an invite with history: sealed to the invite by members, and gone with it.
    CREATE TABLE invite_history (
      chat_id bytea NOT NULL,
      invite_id bytea NOT NULL,
      -- Of the commit that brought the page.
      position bigint NOT NULL,
      page bytea STORAGE EXTERNAL NOT NULL,
      PRIMARY KEY (chat_id, invite_id, position),
      FOREIGN KEY (chat_id, invite_id) REFERENCES invites ON DELETE CASCADE
    )`,
}
