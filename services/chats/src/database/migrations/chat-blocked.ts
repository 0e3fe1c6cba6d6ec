import type { Migration } from '@veche/service-kit'

export const chatBlocked: Migration = {
  name: '202611211410_chat_blocked',
  sql: `
    -- Of a private chat: the accounts that accept no application messages there (M19).
    ALTER TABLE chats ADD COLUMN blocked_by bytea[] NOT NULL DEFAULT '{}';
  `,
}
