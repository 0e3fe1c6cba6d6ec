import type { Migration } from '@veche/service-kit'

/**
 * A message as one user sees it: a row for its sender and one for each who received it by name or in a group. What
 * everyone was sent has none until the user does something with it. The key carries all columns, so that any filter
 * reads one piece of one index.
 */
export const delivery: Migration = {
  name: '202611211725_delivery',
  sql: `
    CREATE TABLE delivery (
      message_id bigint NOT NULL,
      user_id integer NOT NULL,
      sender_id integer NOT NULL,
      host_id smallint NOT NULL,
      -- 0 new, 1 read, 2 hidden.
      status smallint NOT NULL CHECK (status BETWEEN 0 AND 2),
      -- 0 none.
      color smallint NOT NULL DEFAULT 0 CHECK (color BETWEEN 0 AND 8),
      -- As the sender set it unless the user chose another.
      shown_priority smallint NOT NULL CHECK (shown_priority BETWEEN 0 AND 2),
      incoming boolean NOT NULL,
      outgoing boolean NOT NULL,
      CHECK (incoming OR outgoing),
      CHECK (incoming OR status <> 0),
      PRIMARY KEY (host_id, user_id, message_id)
        INCLUDE (sender_id, status, color, shown_priority, incoming, outgoing)
    );`,
}
