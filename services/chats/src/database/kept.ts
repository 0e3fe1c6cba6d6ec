/** What is kept of chats, and the removal of what is not (M22). */
import { AccountId, ChatId } from '@veche/protocol'
import { type ChatType, EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Queryable } from '@veche/service-kit'
import type { DeviceNumber } from '../append/roster.ts'
import { isKept, type Wishes } from '../kept/wishes.ts'

export interface LockedWishes extends Wishes {
  readonly type: ChatType
  readonly head: bigint
  /** Those in the chat now. */
  readonly devices: readonly DeviceNumber[]
}

/** Locks a chat until the transaction ends; undefined unless the device is in it. */
export async function lockWishes(
  transaction: Queryable,
  chatId: ChatId,
  device: DeviceNumber,
): Promise<LockedWishes | undefined> {
  const { rows } = await transaction.query<
    Omit<LockedWishes, 'unkeptBy' | 'devices'> & { unkeptBy: Buffer[] }
  >(
    `SELECT type, unkept_by AS "unkeptBy", kept_revision AS revision, sweep_until AS "sweepUntil", head
     FROM chats WHERE chat_id = $1 FOR NO KEY UPDATE`,
    [ChatId.toBytes(chatId)],
  )
  const members = await transaction.query<{ device: DeviceNumber }>(
    'SELECT device FROM chat_devices WHERE chat_id = $1 AND until IS NULL',
    [ChatId.toBytes(chatId)],
  )
  const devices = members.rows.map((row) => row.device)
  const [row] = devices.includes(device) ? rows : []
  return row && { ...row, unkeptBy: row.unkeptBy.map((id) => AccountId.fromBytes(id)), devices }
}

export async function updateWishes(transaction: Queryable, chatId: ChatId, wishes: Wishes): Promise<void> {
  const { unkeptBy, revision, sweepUntil } = wishes
  await transaction.query(
    'UPDATE chats SET unkept_by = $2, kept = $3, kept_revision = $4, sweep_until = $5 WHERE chat_id = $1',
    [ChatId.toBytes(chatId), unkeptBy.map(AccountId.toBytes), isKept(wishes), revision, sweepUntil],
  )
}

/** Entries of one chat that nobody needs any more: those after `swept` up to `until`. */
export interface Removable {
  readonly chatId: ChatId
  readonly swept: bigint
  readonly until: bigint
}

/**
 * Chats with entries that are not to be kept and that every device in them has acknowledged. A device holds what it has
 * not acknowledged; one that has ended, or was taken out, holds nothing.
 */
export async function findRemovable(database: Queryable, limit: number): Promise<readonly Removable[]> {
  const { rows } = await database.query<Omit<Removable, 'chatId'> & { chatId: Buffer }>({
    name: 'find_removable',
    text: `SELECT chat_id AS "chatId", swept, until
      FROM (
        SELECT chat_id, swept, least(CASE WHEN kept THEN sweep_until ELSE head END, (
          SELECT min(acknowledged) FROM chat_devices JOIN devices USING (device)
          WHERE chat_devices.chat_id = chats.chat_id AND chat_devices.until IS NULL AND devices.ending = 0
        )) AS until
        FROM chats WHERE NOT kept OR swept < sweep_until
      ) AS chat
      WHERE swept < until ORDER BY chat_id LIMIT $1`,
    values: [limit],
  })
  return rows.map((row) => ({ ...row, chatId: ChatId.fromBytes(row.chatId) }))
}

/** Leaves nothing of entries but their positions and hashes. @returns how many they were */
export async function removeEntries(
  transaction: Queryable,
  { chatId, swept, until }: Removable,
): Promise<number> {
  const chat = ChatId.toBytes(chatId)
  const { rowCount } = await transaction.query({
    name: 'remove_entries',
    text: `UPDATE entries
      SET kind = $4, device = NULL, message_id = NULL, epoch = NULL, received_at_ms = NULL, payload = NULL
      WHERE chat_id = $1 AND position > $2 AND position <= $3 AND kind <> $4`,
    values: [chat, swept, until, EntryKind.REMOVED],
  })
  await transaction.query({
    name: 'swept',
    text: 'UPDATE chats SET swept = $2 WHERE chat_id = $1 AND swept < $2',
    values: [chat, until],
  })
  return rowCount
}
