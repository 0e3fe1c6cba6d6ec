/** The logs as one device may read them: of chats it is in or was in, up to where it was taken out. */
import { type AccountId, ChatId } from '@veche/protocol'
import { ChatType, EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Queryable } from '@veche/service-kit'
import type { DeviceNumber } from '../append/roster.ts'
import type { DeliveredTo } from '../stream/signal-wire.ts'
import type { PresentState } from '../stream/stream-hub.ts'
import { welcomeOf } from './inbox.ts'
import { removeUnreferenced } from './welcomes.ts'

export interface DeviceChatRow {
  readonly chatId: ChatId
  readonly since: bigint
  readonly until: bigint | null
  readonly head: bigint
}

export async function readDeviceChats(
  database: Queryable,
  device: DeviceNumber,
): Promise<readonly DeviceChatRow[]> {
  const { rows } = await database.query<Omit<DeviceChatRow, 'chatId'> & { chatId: Buffer }>({
    name: 'read_device_chats',
    text: `SELECT chat_id AS "chatId", since, until, head FROM chat_devices JOIN chats USING (chat_id)
      WHERE device = $1`,
    values: [device],
  })
  return rows.map((row) => ({ ...row, chatId: ChatId.fromBytes(row.chatId) }))
}

/** The greatest position that the device may read; undefined for a chat that is not there, or that the device was never in. */
export async function findDeviceHead(
  database: Queryable,
  device: DeviceNumber,
  chatId: ChatId,
): Promise<bigint | undefined> {
  const { rows } = await database.query<{ head: bigint }>({
    name: 'find_device_head',
    text: `SELECT coalesce(until, head) AS head
      FROM chat_devices JOIN chats USING (chat_id) WHERE device = $1 AND chat_id = $2`,
    values: [device, ChatId.toBytes(chatId)],
  })
  return rows[0]?.head
}

export type EntryRow = StoredEntryRow | RemovedEntryRow

/** What is left of an entry that was removed (M22). */
interface RemovedEntryRow {
  readonly kind: EntryKind.REMOVED
  readonly position: bigint
  readonly entryHash: Buffer
}

interface StoredEntryRow {
  readonly position: bigint
  readonly kind: EntryKind.APPLICATION | EntryKind.COMMIT
  readonly accountId: Buffer
  readonly deviceId: Buffer
  readonly messageId: Buffer
  readonly epoch: bigint
  readonly receivedAtMs: bigint
  readonly payload: Buffer
}

export interface EntryRange {
  readonly after: bigint
  /** Inclusive. */
  readonly until: bigint
  readonly limit: number
  /** At least one entry comes, however large. */
  readonly maxBytes: number
}

/** Entries by position, oldest first. */
export async function readEntries(
  database: Queryable,
  chatId: ChatId,
  { after, until, limit, maxBytes }: EntryRange,
): Promise<readonly EntryRow[]> {
  const { rows } = await database.query<EntryRow>({
    name: 'read_entries',
    text: `SELECT position, kind, account_id AS "accountId", device_id AS "deviceId", message_id AS "messageId",
        epoch, received_at_ms AS "receivedAtMs", payload, CASE kind WHEN $6 THEN entry_hash END AS "entryHash"
      FROM (
        SELECT *, sum(coalesce(octet_length(payload), 0)) OVER oldest AS bytes, row_number() OVER oldest AS nth
        FROM (
          SELECT * FROM entries WHERE chat_id = $1 AND position > $2 AND position <= $3
          ORDER BY position LIMIT $4
        ) AS page
        WINDOW oldest AS (ORDER BY position)
      ) AS entry
      LEFT JOIN devices USING (device)
      WHERE bytes <= $5 OR nth = 1
      ORDER BY position`,
    values: [ChatId.toBytes(chatId), after, until, limit, maxBytes, EntryKind.REMOVED],
  })
  return rows
}

export interface WelcomeFacts {
  readonly chatId: ChatId
  readonly position: bigint
  /** hash(position). */
  readonly logHash: Buffer
}

/** What goes with the Welcomes of these commits. */
export async function readWelcomeFacts(
  database: Queryable,
  commits: readonly { readonly chatId: ChatId; readonly position: bigint }[],
): Promise<readonly WelcomeFacts[]> {
  const { rows } = await database.query<Omit<WelcomeFacts, 'chatId'> & { chatId: Buffer }>(
    `SELECT chat_id AS "chatId", position, log_hash AS "logHash"
     FROM unnest($1::bytea[], $2::bigint[]) AS c (chat_id, position)
     JOIN entries USING (chat_id, position)`,
    [commits.map(({ chatId }) => ChatId.toBytes(chatId)), commits.map(({ position }) => position)],
  )
  return rows.map((row) => ({ ...row, chatId: ChatId.fromBytes(row.chatId) }))
}

/** What a device has stored for good. */
export interface Acknowledgement {
  readonly device: DeviceNumber
  readonly accountId: AccountId
  readonly positions: readonly { readonly chatId: ChatId; readonly position: bigint }[]
  readonly inboxPosition: bigint
}

/**
 * Positions only grow, and never past the head; acknowledged inbox items are removed, and Welcomes with the last that
 * refers to them.
 * @returns what has grown of private chats in which nobody is blocked
 */
export async function storeAcknowledgements(
  transaction: Queryable,
  acknowledgements: readonly Acknowledgement[],
): Promise<readonly DeliveredTo[]> {
  const delivered = await storePositions(transaction, acknowledgements)
  await removeInboxItems(transaction, acknowledgements)
  return delivered
}

interface GrownRow {
  readonly chatId: Buffer
  readonly device: DeviceNumber
  readonly position: bigint
  readonly isTold: boolean
}

async function storePositions(
  transaction: Queryable,
  acknowledgements: readonly Acknowledgement[],
): Promise<readonly DeliveredTo[]> {
  const positions = acknowledgements.flatMap(({ device, positions }) =>
    positions.map((at) => ({ ...at, device })),
  )
  if (positions.length === 0) return []
  const { rows } = await transaction.query<GrownRow>({
    name: 'acknowledge_positions',
    text: `UPDATE chat_devices SET acknowledged = least(told.position, coalesce(until, head))
      FROM (
        SELECT chat_id, device, max(position) AS position
        FROM unnest($1::bytea[], $2::bigint[], $3::bigint[]) AS p (chat_id, device, position)
        GROUP BY chat_id, device
      ) AS told JOIN chats USING (chat_id)
      WHERE chat_devices.chat_id = told.chat_id AND chat_devices.device = told.device
        AND acknowledged < least(told.position, coalesce(until, head))
      RETURNING chat_devices.chat_id AS "chatId", chat_devices.device, acknowledged AS position,
        chats.type = $4 AND blocked_by = '{}' AS "isTold"`,
    values: [
      positions.map(({ chatId }) => ChatId.toBytes(chatId)),
      positions.map(({ device }) => device),
      positions.map(({ position }) => position),
      ChatType.PRIVATE,
    ],
  })
  const owners = new Map(acknowledgements.map(({ device, accountId }) => [device, accountId]))
  return rows
    .filter(({ isTold }) => isTold)
    .map(({ chatId, device, position }) => ({
      chatId: ChatId.fromBytes(chatId),
      accountId: owners.get(device)!,
      position,
    }))
}

async function removeInboxItems(
  transaction: Queryable,
  acknowledgements: readonly Acknowledgement[],
): Promise<void> {
  const { rows } = await transaction.query<{ subject: Buffer; logPosition: bigint | null }>({
    name: 'acknowledge_inbox',
    text: `DELETE FROM inbox USING unnest($1::bigint[], $2::bigint[]) AS told (device, position)
      WHERE inbox.device = told.device AND inbox.position <= told.position
      RETURNING subject, log_position AS "logPosition"`,
    values: [
      acknowledgements.map(({ device }) => device),
      acknowledgements.map((told) => told.inboxPosition),
    ],
  })
  await removeUnreferenced(transaction, rows.flatMap(welcomeOf))
}

/** How the chats and devices stand now that streams of this process follow. */
export async function readPresentState(
  database: Queryable,
  chatIds: readonly ChatId[],
  devices: readonly DeviceNumber[],
): Promise<PresentState> {
  const heads = await database.query<{ chatId: Buffer; position: bigint }>(
    'SELECT chat_id AS "chatId", head AS position FROM chats WHERE chat_id = ANY ($1::bytea[])',
    [chatIds.map(ChatId.toBytes)],
  )
  const present = await database.query<PresentState['devices'][number]>(
    `SELECT device, inbox_head AS "inboxPosition",
       (SELECT count(*) FROM chat_devices WHERE device = devices.device AND until IS NULL) AS chats
     FROM devices WHERE device = ANY ($1::bigint[])`,
    [devices],
  )
  return {
    heads: heads.rows.map((row) => ({ ...row, chatId: ChatId.fromBytes(row.chatId) })),
    devices: present.rows,
  }
}
