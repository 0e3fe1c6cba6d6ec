/** Messages as one user sees them, with what is new to the user: one statement, and so one moment, whatever their number. */
import type { Database } from '@veche/service-kit'
import type { MessageId, Unread, User } from '../domain.ts'
import type { Message } from '../store.ts'
import { untouchedView, viewNames } from './message-filter.ts'
import { type ShownRow, shownColumns, toMessages } from './shown-messages.ts'
import { toUnread } from './unread-counts.ts'

export interface ReadMessages {
  /** Newest first. */
  readonly messages: Message[]
  readonly unread: Unread
}

/** Those of the ids that are none of the user's are left out. */
export async function readMessages(
  database: Database,
  user: User,
  ids: readonly MessageId[],
): Promise<ReadMessages> {
  const { rows } = await database.query<ShownRow>({
    name: 'read_messages',
    text: statement,
    values: [user.hostId, user.id, ids],
  })
  return { messages: toMessages(rows[0]!), unread: toUnread(rows[0]!.unread) }
}

const statement = `WITH page AS MATERIALIZED (
    SELECT message_id AS id, ${viewNames} FROM delivery
    WHERE host_id = $1 AND user_id = $2 AND message_id = ANY ($3::bigint[])
    UNION ALL
    SELECT m.id, ${untouchedView} FROM message m
    WHERE m.host_id = $1 AND m.id = ANY ($3::bigint[]) AND m.to_everyone
      AND m.id >= (SELECT sees_from_message_id FROM app_user WHERE host_id = $1 AND id = $2)
      AND (SELECT true FROM delivery d WHERE d.host_id = $1 AND d.user_id = $2 AND d.message_id = m.id) IS NULL)
  SELECT ${shownColumns}`
