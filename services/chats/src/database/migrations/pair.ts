import type { Migration } from '@veche/service-kit'

export const pair: Migration = {
  name: '202611200904_pair',
  sql: `
    -- What two accounts have agreed about their private chat: requests/pair.ts.
    CREATE TABLE pairs (
      asker bytea NOT NULL,
      asked bytea NOT NULL,
      request_id bytea NOT NULL UNIQUE,
      -- The one private chat of the pair, chosen at the first request.
      chat_id bytea NOT NULL UNIQUE,
      -- 0 none, 1 pending, 2 refused, 3 allowed, 4 open.
      state smallint NOT NULL,
      -- Of pending: the asked account sees it.
      shown boolean NOT NULL,
      -- Of allowed: the right to create the chat is the asker's, else the other's.
      asker_holds boolean NOT NULL,
      -- When the state was entered, and when it was asked.
      since_ms bigint NOT NULL,
      requested_at_ms bigint NOT NULL,
      -- As the asker wrote it, and the asker's own: to find the pair by a handle that is no longer found.
      asked_handle text NOT NULL,
      asker_handle text NOT NULL,
      -- Somebody is still to be told: 1 the asked of the request, 2 the asker of the answer.
      notice smallint
    );
    CREATE UNIQUE INDEX pairs_pair ON pairs (least(asker, asked), greatest(asker, asked));
    CREATE INDEX pairs_asker ON pairs (asker, asked_handle);
    CREATE INDEX pairs_asked ON pairs (asked, asker_handle);
    CREATE INDEX pairs_notice ON pairs (request_id) WHERE notice IS NOT NULL;
  `,
}
