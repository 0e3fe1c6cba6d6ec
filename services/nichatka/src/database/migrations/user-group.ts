import type { Migration } from '@veche/service-kit'

/** N7: groups are common to the host, all have one rank, and each change is recorded. */
export const userGroup: Migration = {
  name: '202611211722_user_group',
  sql: `
    CREATE TABLE user_group (
      host_id smallint NOT NULL REFERENCES host,
      id integer NOT NULL,
      name text COLLATE "C" NOT NULL,
      folded text COLLATE "C" NOT NULL,
      is_archived boolean NOT NULL DEFAULT false,
      PRIMARY KEY (host_id, id)
    );
    CREATE UNIQUE INDEX user_group_folded ON user_group (host_id, folded) WHERE NOT is_archived;

    CREATE TABLE group_member (
      host_id smallint NOT NULL,
      group_id integer NOT NULL,
      user_id integer NOT NULL,
      PRIMARY KEY (host_id, group_id, user_id),
      FOREIGN KEY (host_id, group_id) REFERENCES user_group,
      FOREIGN KEY (host_id, user_id) REFERENCES app_user
    );

    CREATE TABLE group_change (
      id bigint GENERATED ALWAYS AS IDENTITY,
      host_id smallint NOT NULL,
      group_id integer NOT NULL,
      changed_at timestamptz NOT NULL,
      changed_by integer NOT NULL,
      kind text NOT NULL CHECK (kind IN ('created', 'renamed', 'added', 'removed', 'archived', 'restored')),
      name text COLLATE "C" CHECK ((name IS NOT NULL) = (kind IN ('created', 'renamed'))),
      user_id integer CHECK ((user_id IS NOT NULL) = (kind IN ('added', 'removed'))),
      PRIMARY KEY (host_id, group_id, id),
      FOREIGN KEY (host_id, group_id) REFERENCES user_group,
      FOREIGN KEY (host_id, changed_by) REFERENCES app_user,
      FOREIGN KEY (host_id, user_id) REFERENCES app_user
    );`,
}
