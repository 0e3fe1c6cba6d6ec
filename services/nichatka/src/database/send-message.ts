/**
 * N1, N17. Sending is one transaction under the host's lock: groups and the recipients of a parent are resolved, users
 * that nobody has seen yet are made, and one statement writes the message, whom it is addressed to, a row for each who
 * received it and their counters. What goes to everyone is counted at the host instead, with a row for the sender
 * alone.
 */
import type { Database, Queryable } from '@veche/service-kit'
import type { GroupId, MessageId, Nickname, Priority, User, UserId } from '../domain.ts'
import type { NewMessage, SendResult } from '../store.ts'
import { priorityCodes, toPriority } from './codes.ts'
import { lockHost } from './hosts.ts'
import { ensureUsers } from './users.ts'
import { insertMessage, type MessageRow, type ResolvedAddress } from './write-message.ts'

export async function sendMessage(
  database: Database,
  user: User,
  message: NewMessage,
  nowMs: number,
): Promise<SendResult> {
  const before = await findRepeated(database, user, message.key)
  if (before !== undefined) return before
  return database.transaction(async (transaction) => {
    await lockHost(transaction, user.hostId)
    const repeated = await findRepeated(transaction, user, message.key)
    if (repeated !== undefined) return repeated
    const row = await resolve(transaction, user, message, nowMs)
    if ('kind' in row) return row
    return { kind: 'sent', id: await insertMessage(transaction, user, row) }
  })
}

async function findRepeated(database: Queryable, user: User, key: string): Promise<SendResult | undefined> {
  const { rows } = await database.query<{ id: MessageId }>({
    name: 'find_repeated_message',
    text: 'SELECT id FROM message WHERE host_id = $1 AND sender_id = $2 AND key = $3',
    values: [user.hostId, user.id, key],
  })
  return rows[0] && { kind: 'repeated', id: rows[0].id }
}

type Refusal = Extract<SendResult, { kind: 'message_unknown' | 'group_unknown' | 'priority_differs' }>

async function resolve(
  transaction: Queryable,
  user: User,
  message: NewMessage,
  nowMs: number,
): Promise<MessageRow | Refusal> {
  const written = { key: message.key, text: message.text, nowMs }
  return message.kind === 'first'
    ? resolveFirst(transaction, user, message, written)
    : resolveReply(transaction, user, message, written)
}

type Written = Pick<MessageRow, 'key' | 'text' | 'nowMs'>

async function resolveFirst(
  transaction: Queryable,
  { hostId }: User,
  { to, priority }: Extract<NewMessage, { kind: 'first' }>,
  written: Written,
): Promise<MessageRow | Refusal> {
  const groups = new Set(to.flatMap((address) => (address.kind === 'group' ? [address.groupId] : [])))
  if (!(await areGroups(transaction, hostId, [...groups]))) return { kind: 'group_unknown' }
  const nicknames = to.flatMap((address) => (address.kind === 'user' ? [address.nickname] : []))
  const { users } = await ensureUsers(transaction, { hostId, nicknames, nowMs: written.nowMs })
  return {
    ...written,
    priority: priorityCodes[priority],
    toEveryone: to.some(({ kind }) => kind === 'everyone'),
    parent: undefined,
    recipients: { kind: 'addresses', addresses: toAddresses(to, users) },
  }
}

function toAddresses(
  to: Extract<NewMessage, { kind: 'first' }>['to'],
  users: ReadonlyMap<Nickname, UserId>,
): ResolvedAddress[] {
  const addresses = new Map<string, ResolvedAddress>()
  for (const address of to) {
    if (address.kind === 'user') {
      addresses.set(`user ${address.nickname}`, { userId: users.get(address.nickname)!, groupId: null })
    } else if (address.kind === 'group') {
      addresses.set(`group ${address.groupId}`, { userId: null, groupId: address.groupId })
    }
  }
  return [...addresses.values()]
}

async function areGroups(
  transaction: Queryable,
  hostId: User['hostId'],
  ids: readonly GroupId[],
): Promise<boolean> {
  if (ids.length === 0) return true
  const { rowCount } = await transaction.query(
    'SELECT FROM user_group WHERE host_id = $1 AND id = ANY ($2::bigint[]) AND NOT is_archived',
    [hostId, ids],
  )
  return rowCount === ids.length
}

async function resolveReply(
  transaction: Queryable,
  user: User,
  reply: Extract<NewMessage, { kind: 'reply' }>,
  written: Written,
): Promise<MessageRow | Refusal> {
  const parent = await findParent(transaction, user, reply.parent)
  if (parent === undefined) return { kind: 'message_unknown' }
  if (reply.priority !== undefined && reply.priority !== parent.priority) return { kind: 'priority_differs' }
  const isOwn = parent.senderId === user.id
  const toSender = reply.replyTo === 'sender' && !isOwn
  return {
    ...written,
    priority: priorityCodes[parent.priority],
    toEveryone: parent.toEveryone && !toSender,
    parent: { id: reply.parent, threadId: parent.threadId },
    recipients: toSender
      ? { kind: 'addresses', addresses: [{ userId: parent.senderId, groupId: null }] }
      : { kind: 'as_parent', senderId: parent.senderId },
  }
}

interface Parent {
  readonly threadId: MessageId
  readonly senderId: UserId
  readonly priority: Priority
  readonly toEveryone: boolean
}

/** Where it is one that the user may see. */
async function findParent(transaction: Queryable, user: User, id: MessageId): Promise<Parent | undefined> {
  const { rows } = await transaction.query<{
    thread_id: MessageId
    sender_id: UserId
    priority: number
    to_everyone: boolean
  }>({
    name: 'find_parent',
    text: `SELECT thread_id, sender_id::bigint, priority, to_everyone FROM message m
      WHERE host_id = $1 AND id = $3 AND (
        EXISTS (SELECT FROM delivery d WHERE d.host_id = $1 AND d.user_id = $2 AND d.message_id = $3)
        OR to_everyone AND id >= (SELECT sees_from_message_id FROM app_user WHERE host_id = $1 AND id = $2))`,
    values: [user.hostId, user.id, id],
  })
  const row = rows[0]
  return (
    row && {
      threadId: row.thread_id,
      senderId: row.sender_id,
      priority: toPriority(row.priority),
      toEveryone: row.to_everyone,
    }
  )
}
