import type { Migration } from '@veche/service-kit'

export const invite: Migration = {
  name: '202611212200_invite',
  sql: `
    -- Live invites of groups, as their states list them: for how long and how many accounts they are good.
    CREATE TABLE invites (
      chat_id bytea NOT NULL REFERENCES chats,
      invite_id bytea NOT NULL,
      expires_at_ms bigint NOT NULL,
      uses integer NOT NULL,
      max_uses integer NOT NULL,
      PRIMARY KEY (chat_id, invite_id)
    );

    -- What the last commit of a group with live invites gives to who joins by one, sealed under the chat's data key.
    CREATE TABLE join_offers (
      chat_id bytea PRIMARY KEY REFERENCES chats,
      -- Of the commit.
      position bigint NOT NULL,
      offer bytea STORAGE EXTERNAL NOT NULL
    );
  `,
}
