/** Messages as one user sees them, many at once: two statements, whatever their number. */
import type { Database } from '@veche/service-kit'
import type { GroupId, MessageId, Nickname, Recipient, User } from '../domain.ts'
import { type Message, maxBeginningChars } from '../store.ts'
import { toColor, toPriority, toStatus } from './codes.ts'

interface MessageRow {
  readonly id: MessageId
  readonly sender: Nickname
  readonly text: string
  readonly sent_at: Date
  readonly priority: number
  readonly to_everyone: boolean
  readonly shown_priority: number
  readonly color: number
  readonly status: number
  readonly incoming: boolean
  readonly outgoing: boolean
  readonly parent_id: MessageId | null
  readonly parent_sender: Nickname | null
  readonly parent_beginning: string | null
  readonly has_thread: boolean
}

/** In the order of the ids; those that are none of the user's are left out. */
export async function readMessages(
  database: Database,
  user: User,
  ids: readonly MessageId[],
): Promise<Message[]> {
  if (ids.length === 0) return []
  const [{ rows }, recipients] = await Promise.all([
    database.query<MessageRow>({
      name: 'read_messages',
      text: messagesStatement,
      values: [user.hostId, user.id, ids],
    }),
    readRecipients(database, user, ids),
  ])
  return rows.map((row) => toMessage(row, recipients.get(row.id) ?? []))
}

/**
 * The user has a row of it, or it went to everyone after the user was known. Not EXISTS, which PostgreSQL may answer by
 * reading all rows of the user at once.
 */
const isVisible = (table: string) => `(
  ${table}.to_everyone AND ${table}.id >= me.sees_from_message_id
  OR (SELECT true FROM delivery o WHERE o.host_id = $1 AND o.user_id = $2 AND o.message_id = ${table}.id))`

const messagesStatement = `
  SELECT m.id, s.nickname AS sender, m.text, m.sent_at, m.priority, m.to_everyone,
    coalesce(d.shown_priority, m.priority) AS shown_priority, coalesce(d.color, 0) AS color,
    coalesce(d.status, 0) AS status, coalesce(d.incoming, true) AS incoming, coalesce(d.outgoing, false) AS outgoing,
    p.id AS parent_id, ps.nickname AS parent_sender, left(p.text, ${maxBeginningChars}) AS parent_beginning,
    EXISTS (SELECT FROM message t WHERE t.host_id = $1 AND t.thread_id = m.thread_id AND t.id <> m.id
      AND ${isVisible('t')}) AS has_thread
  FROM app_user me
  CROSS JOIN unnest($3::bigint[]) WITH ORDINALITY AS asked (id, position)
  JOIN message m ON m.host_id = $1 AND m.id = asked.id
  JOIN app_user s ON s.host_id = $1 AND s.id = m.sender_id
  LEFT JOIN delivery d ON d.host_id = $1 AND d.user_id = $2 AND d.message_id = m.id
  LEFT JOIN message p ON p.host_id = $1 AND p.id = m.parent_id AND ${isVisible('p')}
  LEFT JOIN app_user ps ON ps.host_id = $1 AND ps.id = p.sender_id
  WHERE me.host_id = $1 AND me.id = $2
    AND (d.user_id IS NOT NULL OR m.to_everyone AND m.id >= me.sees_from_message_id)
  ORDER BY asked.position`

function toMessage(row: MessageRow, addressed: readonly Recipient[]): Message {
  return {
    id: row.id,
    sender: row.sender,
    recipients: row.to_everyone ? [{ kind: 'everyone' }, ...addressed] : addressed,
    text: row.text,
    sentAtMs: row.sent_at.getTime(),
    priority: toPriority(row.priority),
    shownPriority: toPriority(row.shown_priority),
    color: toColor(row.color),
    status: toStatus(row.status),
    isOutgoing: row.outgoing,
    isIncoming: row.incoming,
    parent: toParent(row),
    hasThread: row.has_thread,
  }
}

function toParent({ parent_id, parent_sender, parent_beginning }: MessageRow): Message['parent'] {
  if (parent_id === null || parent_sender === null || parent_beginning === null) return undefined
  return { id: parent_id, sender: parent_sender, beginning: parent_beginning }
}

interface RecipientRow {
  readonly message_id: MessageId
  readonly nickname: Nickname | null
  readonly group_id: GroupId
  readonly group_name: string
}

async function readRecipients(
  database: Database,
  { hostId }: User,
  ids: readonly MessageId[],
): Promise<Map<MessageId, Recipient[]>> {
  const { rows } = await database.query<RecipientRow>({
    name: 'read_recipients',
    text: `SELECT a.message_id, a.group_id::bigint,
        (SELECT nickname FROM app_user u WHERE u.host_id = $1 AND u.id = a.user_id) AS nickname,
        (SELECT name FROM user_group g WHERE g.host_id = $1 AND g.id = a.group_id) AS group_name
      FROM message_address a
      WHERE a.host_id = $1 AND a.message_id = ANY ($2::bigint[])
      ORDER BY a.message_id, a.position`,
    values: [hostId, ids],
  })
  const recipients = new Map<MessageId, Recipient[]>()
  for (const row of rows) {
    const own = recipients.get(row.message_id)
    if (own === undefined) recipients.set(row.message_id, [toRecipient(row)])
    else own.push(toRecipient(row))
  }
  return recipients
}

function toRecipient({ nickname, group_id, group_name }: RecipientRow): Recipient {
  return nickname === null
    ? { kind: 'group', groupId: group_id, name: group_name }
    : { kind: 'user', nickname }
}
