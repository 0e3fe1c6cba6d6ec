import type { Migration } from '@veche/service-kit'

export const joinRequest: Migration = {
  name: '202611220500_join_request',
  sql: `
    -- Who asks to be let into a group by a link that demands it: groups/join-request.ts. Gone once the account is in it.
    CREATE TABLE join_requests (
      chat_id bytea NOT NULL REFERENCES chats,
      asker bytea NOT NULL,
      request_id bytea NOT NULL UNIQUE,
      -- By which link, and the veche.e2ee.v1.JoinRequest's bytes.
      invite_id bytea NOT NULL,
      request bytea NOT NULL,
      -- 1 pending, 2 refused, 3 ended with its link.
      state smallint NOT NULL,
      -- When the state was entered, and when it was asked.
      since_ms bigint NOT NULL,
      requested_at_ms bigint NOT NULL,
      -- The asker is still to be told of the answer: 2.
      notice smallint,
      PRIMARY KEY (chat_id, asker)
    );
    CREATE INDEX join_requests_asker ON join_requests (asker);
    CREATE INDEX join_requests_pending ON join_requests (chat_id) WHERE state = 1;
    CREATE INDEX join_requests_notice ON join_requests (request_id) WHERE notice IS NOT NULL;
  `,
}
