import type { Migration } from '@veche/service-kit'

/** Nothing of a person but the nickname. A row is never deleted. */
export const appUser: Migration = {
  name: '202611211721_app_user',
  sql: `
    CREATE TABLE app_user (
      host_id smallint NOT NULL REFERENCES host,
      id integer GENERATED ALWAYS AS IDENTITY,
      -- What everyone was sent before this message is not this user's to see.
      sees_from_message_id bigint NOT NULL,
      -- Added to the host's broadcasts they are what is new to this user: each begins at minus the broadcasts that
      -- the user does not see.
      unread_ordinary integer NOT NULL,
      unread_important integer NOT NULL,
      unread_critical integer NOT NULL,
      nickname text COLLATE "C" NOT NULL,
      -- The nickname in lower case, to be found by its beginning.
      folded text COLLATE "C" NOT NULL,
      PRIMARY KEY (host_id, id),
      UNIQUE (host_id, nickname)
    ) WITH (fillfactor = 70);
    CREATE INDEX app_user_folded ON app_user (host_id, folded);`,
}
