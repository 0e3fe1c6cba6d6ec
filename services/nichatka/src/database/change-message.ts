import type { Database, Queryable } from '@veche/service-kit'
import type { MessageId, User } from '../domain.ts'
import type { MessageChange } from '../store.ts'
import { colorCode, priorityCodes, statusCodes } from './codes.ts'

/** N3–N5. What the user has no row of yet, because everyone was sent it, gets one first: that alone changes nothing. */
export async function changeMessage(
  database: Database,
  user: User,
  id: MessageId,
  change: MessageChange,
): Promise<'changed' | 'message_unknown'> {
  if (await changeDelivery(database, user, id, change)) return 'changed'
  return database.transaction(async (transaction) => {
    await insertBroadcastDelivery(transaction, user, id)
    return (await changeDelivery(transaction, user, id, change)) ? 'changed' : 'message_unknown'
  })
}

/**
 * One statement, and so whole by itself. The row of the delivery is locked before the user's, as nobody else does it
 * the other way round; who waited for it sees what is there then.
 */
async function changeDelivery(
  database: Queryable,
  user: User,
  id: MessageId,
  { color, priority, status }: MessageChange,
): Promise<boolean> {
  const { rowCount } = await database.query({
    name: 'change_delivery',
    text: `WITH old AS (
        SELECT status, color, shown_priority, incoming FROM delivery
        WHERE host_id = $1 AND user_id = $2 AND message_id = $3 FOR NO KEY UPDATE
      ), next AS (
        SELECT old.incoming, old.status AS old_status, old.color AS old_color, old.shown_priority AS old_priority,
          coalesce($4::smallint, old.status) AS status, coalesce($5::smallint, old.color) AS color,
          CASE WHEN $6 THEN (SELECT priority FROM message WHERE host_id = $1 AND id = $3)
            ELSE coalesce($7::smallint, old.shown_priority) END AS priority
        FROM old
      ), changed AS (
        UPDATE delivery SET status = next.status, color = next.color, shown_priority = next.priority FROM next
        WHERE host_id = $1 AND user_id = $2 AND message_id = $3
          -- Compared with the row that was locked: the statement may still see an earlier one.
          AND (old_status, old_color, old_priority) <> (next.status, next.color, next.priority)
      ), counted AS (
        UPDATE app_user SET ${(['ordinary', 'important', 'critical'] as const)
          .map((name) => `unread_${name} = unread_${name} + ${differenceOf(priorityCodes[name])}`)
          .join(', ')},
          read_incoming = read_incoming + (next.status = 1)::integer - (old_status = 1)::integer
        FROM next WHERE host_id = $1 AND id = $2 AND incoming
          AND (next.status <> old_status OR old_status = 0 AND next.priority <> old_priority)
      )
      SELECT FROM next`,
    values: [
      user.hostId,
      user.id,
      id,
      status === undefined ? null : statusCodes[status],
      color === undefined ? null : colorCode(color),
      priority === 'sender',
      priority === undefined || priority === 'sender' ? null : priorityCodes[priority],
    ],
  })
  return rowCount > 0
}

/** What the change brings to the counter of what is new in one priority. */
function differenceOf(code: number): string {
  return `(next.status = 0 AND next.priority = ${code})::integer - (old_status = 0 AND old_priority = ${code})::integer`
}

async function insertBroadcastDelivery(transaction: Queryable, user: User, id: MessageId): Promise<void> {
  await transaction.query({
    name: 'insert_broadcast_delivery',
    text: `INSERT INTO delivery
        (host_id, user_id, message_id, sender_id, status, shown_priority, incoming, outgoing)
      SELECT $1, $2, m.id, m.sender_id, 0, m.priority, true, false
      FROM message m JOIN app_user u ON u.host_id = $1 AND u.id = $2
      WHERE m.host_id = $1 AND m.id = $3 AND m.to_everyone AND m.id >= u.sees_from_message_id
      ON CONFLICT DO NOTHING`,
    values: [user.hostId, user.id, id],
  })
}
