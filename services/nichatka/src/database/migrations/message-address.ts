import type { Migration } from '@veche/service-kit'

/**
 * Whom the sender chose, besides everyone: a user by name, or a group with those whom it meant when the message was
 * sent, the sender left out.
 */
export const messageAddress: Migration = {
  name: '202611211724_message_address',
  sql: `
    CREATE TABLE message_address (
      message_id bigint NOT NULL,
      user_id integer,
      group_id integer,
      position smallint NOT NULL,
      host_id smallint NOT NULL,
      member_ids integer[] CHECK ((member_ids IS NULL) = (group_id IS NULL)),
      CHECK (num_nonnulls(user_id, group_id) = 1),
      PRIMARY KEY (host_id, message_id, position)
    );
    CREATE INDEX message_address_user ON message_address (host_id, user_id, message_id) WHERE user_id IS NOT NULL;
    CREATE INDEX message_address_group ON message_address (host_id, group_id, message_id) WHERE group_id IS NOT NULL;`,
}
