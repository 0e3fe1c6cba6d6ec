/** Rows of `replacements`: wishes of devices to be replaced by themselves, until a commit takes out their old leaf. */
import { REQUEST_EPOCHS } from '@veche/mls/wire'
import { ChatId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import type { DeviceNumber } from '../append/roster.ts'
import { MAX_REPLACEMENTS } from '../limits.ts'
import { lockChat } from './reseal.ts'

export interface ReplacementRow {
  readonly chatId: ChatId
  readonly device: DeviceNumber
  /** That it names. */
  readonly epoch: bigint
  /** ReplaceRequest bytes. */
  readonly replaceRequest: Uint8Array
  readonly keyPackage: Uint8Array
}

export interface ChatEpoch {
  readonly epoch: bigint
  readonly incarnation: number
}

/** The epoch of a chat that the device is in now; undefined for any other. */
export async function findEpoch(
  database: Queryable,
  chatId: ChatId,
  device: DeviceNumber,
): Promise<ChatEpoch | undefined> {
  const { rows } = await database.query<ChatEpoch>(
    `SELECT epoch, incarnation FROM chats JOIN chat_devices USING (chat_id)
     WHERE chat_id = $1 AND device = $2 AND until IS NULL`,
    [ChatId.toBytes(chatId), device],
  )
  return rows[0]
}

/** A device's last word counts. @returns false where it is no longer in the chat */
export async function storeReplacement(
  transaction: Queryable,
  { chatId, device, epoch, replaceRequest, keyPackage }: ReplacementRow,
): Promise<boolean> {
  await lockChat(transaction, chatId)
  const { rowCount } = await transaction.query(
    `INSERT INTO replacements (chat_id, device, epoch, request, key_package)
     SELECT chat_id, device, $3, $4, $5 FROM chat_devices
     WHERE chat_id = $1 AND device = $2 AND until IS NULL
     ON CONFLICT (chat_id, device) DO UPDATE
     SET epoch = excluded.epoch, request = excluded.request, key_package = excluded.key_package`,
    [ChatId.toBytes(chatId), device, epoch, replaceRequest, keyPackage],
  )
  return rowCount > 0
}

/** Those that members still accept, as many as a commit holds. */
export async function listReplacements(
  database: Queryable,
  chatId: ChatId,
): Promise<readonly Pick<ReplacementRow, 'replaceRequest' | 'keyPackage'>[]> {
  const { rows } = await database.query<{ request: Buffer; key_package: Buffer }>(
    `SELECT request, key_package FROM replacements AS wish JOIN chats USING (chat_id)
     WHERE chat_id = $1 AND chats.epoch <= wish.epoch + $2 ORDER BY device LIMIT $3`,
    [ChatId.toBytes(chatId), REQUEST_EPOCHS, MAX_REPLACEMENTS],
  )
  return rows.map(({ request, key_package }) => ({ replaceRequest: request, keyPackage: key_package }))
}

/** The leaves that they were about are gone. */
export async function forgetReplacements(
  transaction: Queryable,
  chatId: ChatId,
  devices: readonly DeviceNumber[],
): Promise<void> {
  await transaction.query('DELETE FROM replacements WHERE chat_id = $1 AND device = ANY ($2)', [
    ChatId.toBytes(chatId),
    devices,
  ])
}

/** The other devices in a chat. */
export async function findOtherDevicesIn(
  database: Queryable,
  chatId: ChatId,
  device: DeviceNumber,
): Promise<readonly DeviceNumber[]> {
  const { rows } = await database.query<{ device: DeviceNumber }>(
    'SELECT device FROM chat_devices WHERE chat_id = $1 AND until IS NULL AND device <> $2',
    [ChatId.toBytes(chatId), device],
  )
  return rows.map((row) => row.device)
}
