import type { Database } from '@veche/service-kit'
import type { MessageId, User } from '../domain.ts'
import { untouchedView, viewNames } from './message-filter.ts'
import { type Memory, type ShownMessages, type ShownRow, shownStatement, toShown } from './shown-messages.ts'

/** What messages are read with. */
export interface Reading {
  readonly database: Database
  readonly memory: Memory
}

/** Messages as one user sees them; those of the ids that are none of the user's are left out. */
export async function readMessages(
  { database, memory }: Reading,
  user: User,
  ids: readonly MessageId[],
): Promise<ShownMessages> {
  const { rows } = await database.query<ShownRow>({
    name: 'read_messages',
    text: statement,
    values: [user.hostId, user.id, ids],
  })
  return toShown(rows[0]!, user, memory)
}

/** Each id is looked up by itself: for all of them at once PostgreSQL may read all rows of the user. */
const statement = shownStatement(`
  SELECT asked.id, view.* FROM unnest($3::bigint[]) asked (id) CROSS JOIN LATERAL (
    SELECT ${viewNames} FROM delivery WHERE host_id = $1 AND user_id = $2 AND message_id = asked.id
    UNION ALL
    SELECT ${untouchedView} FROM message m
    WHERE m.host_id = $1 AND m.id = asked.id AND m.to_everyone
      AND m.id >= (SELECT sees_from_message_id FROM app_user WHERE host_id = $1 AND id = $2)
      AND (SELECT true FROM delivery d WHERE d.host_id = $1 AND d.user_id = $2 AND d.message_id = m.id) IS NULL) view`)
