import type { Migration } from '@veche/service-kit'

export const group: Migration = {
  name: '202611212100_group',
  sql: `
    -- A group besides its row in chats (type 2, no accounts there): apart, so that appends rewrite small rows.
    CREATE TABLE groups (
      chat_id bytea PRIMARY KEY REFERENCES chats,
      -- The ChatState after the last commit: who is in it by which role, rights, bans. No name of the group.
      state bytea STORAGE EXTERNAL NOT NULL,
      -- Those listed in it or in the tree.
      accounts bytea[] NOT NULL
    );
    CREATE INDEX groups_accounts ON groups USING gin (accounts);

    -- Large, for many at once, and encrypted: not to be compressed.
    ALTER TABLE inbox ALTER COLUMN welcome SET STORAGE EXTERNAL;

    -- The key of the leaf; NULL for who came into a private chat before this was kept.
    ALTER TABLE chat_devices ADD COLUMN signature_key bytea;

    -- Requests to be added to a group: groups/member-request.ts.
    CREATE TABLE member_requests (
      chat_id bytea NOT NULL REFERENCES chats,
      asker bytea NOT NULL,
      asked bytea NOT NULL,
      request_id bytea NOT NULL UNIQUE,
      -- 0 none, 1 pending, 2 refused, 3 allowed.
      state smallint NOT NULL,
      -- The asked account has seen it. Of allowed: has itself allowed it.
      shown boolean NOT NULL,
      -- When the state was entered, and when it was asked.
      since_ms bigint NOT NULL,
      requested_at_ms bigint NOT NULL,
      -- As the asker wrote it.
      asked_handle text NOT NULL,
      -- Somebody is still to be told: 1 the asked of the request, 2 the asker of the answer.
      notice smallint,
      PRIMARY KEY (chat_id, asker, asked)
    );
    CREATE INDEX member_requests_asker ON member_requests (asker);
    CREATE INDEX member_requests_asked ON member_requests (asked);
    CREATE INDEX member_requests_notice ON member_requests (request_id) WHERE notice IS NOT NULL;

    -- Signed wishes of accounts to leave a group that they are still in.
    CREATE TABLE leave_requests (
      chat_id bytea NOT NULL REFERENCES chats,
      account_id bytea NOT NULL,
      -- Whose leaf key signed it.
      device bigint NOT NULL REFERENCES devices,
      -- The epoch that it names, and veche.e2ee.v1.LeaveRequest's bytes.
      epoch bigint NOT NULL,
      request bytea NOT NULL,
      PRIMARY KEY (chat_id, account_id)
    );
  `,
}
