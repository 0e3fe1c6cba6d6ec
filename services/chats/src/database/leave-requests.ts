/** Rows of `leave_requests`: wishes to leave a group, until the account is out. */
import { REQUEST_EPOCHS } from '@veche/mls/wire'
import { AccountId, ChatId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import type { DeviceNumber } from '../append/roster.ts'
import { lockChat } from './reseal.ts'

export interface LeaveRequestRow {
  readonly chatId: ChatId
  readonly accountId: AccountId
  /** That signed it. */
  readonly device: DeviceNumber
  /** That it names. */
  readonly epoch: bigint
  /** LeaveRequest bytes. */
  readonly request: Uint8Array
}

/** An account's last word counts. @returns false where the account is no longer in the group */
export async function storeLeaveRequest(
  transaction: Queryable,
  { chatId, accountId, device, epoch, request }: LeaveRequestRow,
): Promise<boolean> {
  await lockChat(transaction, chatId)
  const { rowCount } = await transaction.query(
    `INSERT INTO leave_requests (chat_id, account_id, device, epoch, request)
     SELECT chat_id, $2, $3, $4, $5 FROM groups WHERE chat_id = $1 AND $2 = ANY (accounts)
     ON CONFLICT (chat_id, account_id) DO UPDATE
     SET device = excluded.device, epoch = excluded.epoch, request = excluded.request`,
    [ChatId.toBytes(chatId), AccountId.toBytes(accountId), device, epoch, request],
  )
  return rowCount > 0
}

/** Those that members still accept: not too old, and of a device that is in the group. */
export async function listLeaveRequests(database: Queryable, chatId: ChatId): Promise<readonly Uint8Array[]> {
  const { rows } = await database.query<{ request: Buffer }>(
    `SELECT request FROM leave_requests AS wish
     JOIN chats USING (chat_id) JOIN chat_devices USING (chat_id, device)
     WHERE chat_id = $1 AND until IS NULL AND chats.epoch <= wish.epoch + $2 ORDER BY account_id`,
    [ChatId.toBytes(chatId), REQUEST_EPOCHS],
  )
  return rows.map(({ request }) => request)
}

/** The devices in a group that are not of this account. */
export async function findOthersIn(
  database: Queryable,
  chatId: ChatId,
  account: AccountId,
): Promise<readonly DeviceNumber[]> {
  const { rows } = await database.query<{ device: DeviceNumber }>(
    `SELECT device FROM chat_devices JOIN devices USING (device)
     WHERE chat_id = $1 AND until IS NULL AND account_id <> $2`,
    [ChatId.toBytes(chatId), AccountId.toBytes(account)],
  )
  return rows.map(({ device }) => device)
}
