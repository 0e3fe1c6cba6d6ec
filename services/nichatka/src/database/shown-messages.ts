/**
 * What is shown of a page of messages, as the columns of a statement that has found it: in a list `page` of ids and
 * views. $1 is the host, $2 the user. Each column of messages comes as one list of JSON: a page is one row, which costs both
 * sides less than a row for each message. Ids are counted from 1, and so are numbers that JSON holds exactly.
 */
import type { GroupId, MessageId, Nickname, Recipient } from '../domain.ts'
import { type Message, maxBeginningChars } from '../store.ts'
import { toColor, toPriority, toStatus } from './codes.ts'
import { type UnreadCounts, unreadCounts } from './unread-counts.ts'

export interface ShownRow {
  readonly unread: UnreadCounts
  readonly messages: MessageColumns
  readonly recipients: RecipientColumns
}

/** Lists of one length. */
type Columns<Row> = { readonly [Name in keyof Row]: readonly Row[Name][] }

type MessageColumns = Columns<{
  id: number
  sender: Nickname
  text: string
  sentAtMs: number
  priority: number
  toEveryone: boolean
  status: number
  color: number
  shownPriority: number
  isIncoming: boolean
  isOutgoing: boolean
  /** These three are null where there is no parent that the reader sees. */
  parentId: number | null
  parentSender: Nickname | null
  parentBeginning: string | null
  hasThread: boolean
}>

type RecipientColumns = Columns<{
  messageId: number
  /** Null where it is a group. */
  nickname: Nickname | null
  groupId: number | null
  groupName: string | null
}>

/**
 * The user has a row of it, or it went to everyone after the user was known. Not EXISTS, which PostgreSQL may answer by
 * reading all rows of the user at once.
 */
const isVisible = (id: string) => `(
  (SELECT true FROM delivery o WHERE o.host_id = $1 AND o.user_id = $2 AND o.message_id = ${id})
  OR (SELECT true FROM message b WHERE b.host_id = $1 AND b.id = ${id} AND b.to_everyone
    AND b.id >= (SELECT sees_from_message_id FROM app_user WHERE host_id = $1 AND id = $2)))`

const nicknameOf = (id: string) => `(SELECT nickname FROM app_user u WHERE u.host_id = $1 AND u.id = ${id})`

/** Whether the thread holds another message that the reader sees: the parent, where it is one, or any other. */
const hasThread = `p.id IS NOT NULL OR EXISTS (
  SELECT FROM message t WHERE t.host_id = $1 AND t.thread_id = m.thread_id AND t.id <> m.id
    AND t.id IS DISTINCT FROM m.parent_id AND ${isVisible('t.id')})`

const messageColumns: Readonly<Record<keyof MessageColumns, string>> = {
  id: 'm.id',
  sender: nicknameOf('m.sender_id'),
  text: 'm.text',
  sentAtMs: "(date_part('epoch', m.sent_at) * 1000)::bigint",
  priority: 'm.priority',
  toEveryone: 'm.to_everyone',
  status: 'page.status',
  color: 'page.color',
  shownPriority: 'page.shown_priority',
  isIncoming: 'page.incoming',
  isOutgoing: 'page.outgoing',
  parentId: 'p.id',
  parentSender: nicknameOf('p.sender_id'),
  parentBeginning: `left(p.text, ${maxBeginningChars})`,
  hasThread,
}

const recipientColumns: Readonly<Record<keyof RecipientColumns, string>> = {
  messageId: 'a.message_id',
  nickname: nicknameOf('a.user_id'),
  groupId: 'a.group_id',
  groupName: '(SELECT name FROM user_group g WHERE g.host_id = $1 AND g.id = a.group_id)',
}

function lists(columns: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(columns).map(
    ([name, column]) => `'${name}', coalesce(json_agg(${column}), '[]')`,
  )
  return `json_build_object(${pairs.join(', ')})`
}

/** Of the statement that has found `page`: its columns are those of `ShownRow`. */
export const shownColumns = `
  -- Nothing is new to a user of another host.
  coalesce((SELECT ${unreadCounts} FROM app_user u JOIN host h ON h.id = u.host_id
    WHERE u.host_id = $1 AND u.id = $2), '{0,0,0}') AS unread,
  (SELECT ${lists(messageColumns)} FROM page
    JOIN message m ON m.host_id = $1 AND m.id = page.id
    LEFT JOIN LATERAL (SELECT * FROM message WHERE m.parent_id IS NOT NULL
      AND host_id = $1 AND id = m.parent_id AND ${isVisible('m.parent_id')}) p ON true) AS messages,
  (SELECT ${lists(recipientColumns)} FROM (SELECT * FROM message_address
    WHERE host_id = $1 AND message_id = ANY (ARRAY(SELECT id FROM page)) ORDER BY message_id, position) a) AS recipients`

/** Newest first. */
export function toMessages({ messages, recipients }: Pick<ShownRow, 'messages' | 'recipients'>): Message[] {
  const addressed = toRecipients(recipients)
  return messages.id
    .map((id, index) => toMessage(messages, index, addressed.get(id) ?? []))
    .sort((a, b) => (a.id < b.id ? 1 : -1))
}

function toMessage(columns: MessageColumns, index: number, addressed: readonly Recipient[]): Message {
  return {
    id: BigInt(columns.id[index]!) as MessageId,
    sender: columns.sender[index]!,
    recipients: columns.toEveryone[index]! ? [{ kind: 'everyone' }, ...addressed] : addressed,
    text: columns.text[index]!,
    sentAtMs: columns.sentAtMs[index]!,
    priority: toPriority(columns.priority[index]!),
    shownPriority: toPriority(columns.shownPriority[index]!),
    color: toColor(columns.color[index]!),
    status: toStatus(columns.status[index]!),
    isOutgoing: columns.isOutgoing[index]!,
    isIncoming: columns.isIncoming[index]!,
    parent: toParent(columns, index),
    hasThread: columns.hasThread[index]!,
  }
}

function toParent(columns: MessageColumns, index: number): Message['parent'] {
  const id = columns.parentId[index]!
  if (id === null) return undefined
  return {
    id: BigInt(id) as MessageId,
    sender: columns.parentSender[index]!,
    beginning: columns.parentBeginning[index]!,
  }
}

/** By message, in their order. */
function toRecipients(columns: RecipientColumns): Map<number, Recipient[]> {
  const recipients = new Map<number, Recipient[]>()
  for (const [index, id] of columns.messageId.entries()) {
    const own = recipients.get(id)
    if (own === undefined) recipients.set(id, [toRecipient(columns, index)])
    else own.push(toRecipient(columns, index))
  }
  return recipients
}

function toRecipient({ nickname, groupId, groupName }: RecipientColumns, index: number): Recipient {
  const name = nickname[index]!
  return name === null
    ? { kind: 'group', groupId: BigInt(groupId[index]!) as GroupId, name: groupName[index]! }
    : { kind: 'user', nickname: name }
}
