/** What stands beside the logs: own marks of accounts, read marks for other members, and how far a peer's devices are. */
import { AccountId, ChatId, DeviceId } from '@veche/protocol'
import { ChatType } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Queryable } from '@veche/service-kit'
import type { DeviceNumber, NumberedDevice } from '../append/roster.ts'

export interface NewOwnMark {
  readonly accountId: AccountId
  readonly chatId: ChatId
  /** 0 where there is none. */
  readonly expectedRevision: bigint
  readonly sealed: Uint8Array
}

/**
 * Puts a mark in the place of the one that is expected there. Until the transaction ends no other of the account is set,
 * so that whoever has read up to a revision has missed none.
 * @returns its revision; undefined where another one stands there
 */
export async function storeOwnMark(
  transaction: Queryable,
  { accountId, chatId, expectedRevision, sealed }: NewOwnMark,
): Promise<bigint | undefined> {
  const account = AccountId.toBytes(accountId)
  await transaction.query("SELECT pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 1))", [account])
  const { rows } = await transaction.query<{ revision: bigint }>({
    name: 'store_own_mark',
    text: `INSERT INTO own_marks (account_id, chat_id, revision, sealed)
      SELECT $1, $2, 1 + coalesce(max(revision), 0), $4 FROM own_marks WHERE account_id = $1
      HAVING coalesce(max(revision) FILTER (WHERE chat_id = $2), 0) = $3
      ON CONFLICT (account_id, chat_id) DO UPDATE SET revision = excluded.revision, sealed = excluded.sealed
      RETURNING revision`,
    values: [account, ChatId.toBytes(chatId), expectedRevision, sealed],
  })
  return rows[0]?.revision
}

export interface OwnMarkRow {
  readonly chatId: Buffer
  readonly revision: bigint
  readonly sealed: Buffer
}

/** By ascending revision. */
export async function readOwnMarks(
  database: Queryable,
  accountId: AccountId,
  { after, limit }: { readonly after: bigint; readonly limit: number },
): Promise<readonly OwnMarkRow[]> {
  const { rows } = await database.query<OwnMarkRow>({
    name: 'read_own_marks',
    text: `SELECT chat_id AS "chatId", revision, sealed FROM own_marks
      WHERE account_id = $1 AND revision > $2 ORDER BY revision LIMIT $3`,
    values: [AccountId.toBytes(accountId), after, limit],
  })
  return rows
}

/** Who could get a signal from a device. */
export interface SignalAudience {
  readonly members: number
  /** In a private chat one of the two accepts no messages. */
  readonly isBlocked: boolean
}

/** Undefined unless the device is in the chat. */
export async function findAudience(
  database: Queryable,
  chatId: ChatId,
  device: DeviceNumber,
): Promise<SignalAudience | undefined> {
  const { rows } = await database.query<SignalAudience>({
    name: 'find_audience',
    text: `SELECT cardinality(coalesce(groups.accounts, chats.accounts)) AS members,
        cardinality(blocked_by) > 0 AS "isBlocked"
      FROM chat_devices JOIN chats USING (chat_id) LEFT JOIN groups USING (chat_id)
      WHERE chat_id = $1 AND device = $2 AND until IS NULL`,
    values: [ChatId.toBytes(chatId), device],
  })
  return rows[0]
}

export async function storeReadMark(
  database: Queryable,
  chatId: ChatId,
  { accountId, device }: Pick<NumberedDevice, 'accountId' | 'device'>,
  sealed: Uint8Array,
): Promise<void> {
  await database.query({
    name: 'store_read_mark',
    text: `INSERT INTO read_marks (chat_id, account_id, device, number, sealed)
      VALUES ($1, $2, $3, nextval('read_mark_numbers'), $4)
      ON CONFLICT (chat_id, account_id) DO UPDATE
      SET device = excluded.device, number = excluded.number, sealed = excluded.sealed`,
    values: [ChatId.toBytes(chatId), AccountId.toBytes(accountId), device, sealed],
  })
}

export interface ReadMark {
  readonly chatId: ChatId
  readonly accountId: AccountId
  readonly deviceId: DeviceId
  readonly sealed: Uint8Array
}

/** The newest read marks of other members that a device may have, by devices that are still in their chats. */
export async function findReadMarks(
  database: Queryable,
  { accountId, device }: Pick<NumberedDevice, 'accountId' | 'device'>,
  limit: number,
): Promise<ReadMark[]> {
  const { rows } = await database.query<{
    chat_id: Buffer
    account_id: Buffer
    device_id: Buffer
    sealed: Buffer
  }>({
    name: 'find_read_marks',
    text: `SELECT own.chat_id, read_marks.account_id, device_id, sealed
      FROM chat_devices AS own JOIN chats USING (chat_id) JOIN read_marks USING (chat_id)
      JOIN chat_devices AS reader ON reader.chat_id = own.chat_id AND reader.device = read_marks.device
      JOIN devices ON devices.device = read_marks.device
      WHERE own.device = $1 AND own.until IS NULL AND reader.until IS NULL
        AND read_marks.account_id <> $2 AND blocked_by = '{}'
      ORDER BY number DESC LIMIT $3`,
    values: [device, AccountId.toBytes(accountId), limit],
  })
  return rows.map((row) => ({
    chatId: ChatId.fromBytes(row.chat_id),
    accountId: AccountId.fromBytes(row.account_id),
    deviceId: DeviceId.fromBytes(row.device_id),
    sealed: row.sealed,
  }))
}

/** How far a device of a private chat's account has stored what there is. */
export interface Delivered {
  readonly chatId: ChatId
  readonly position: bigint
}

/** Of a device's private chats, the furthest that a device of the other person has acknowledged. */
export async function findDelivered(
  database: Queryable,
  { accountId, device }: Pick<NumberedDevice, 'accountId' | 'device'>,
): Promise<Delivered[]> {
  const { rows } = await database.query<{ chat_id: Buffer; position: bigint }>({
    name: 'find_delivered',
    // A device that has acknowledged nothing stands at the commit that brought it.
    text: `SELECT chat_id, max(peer.acknowledged) AS position
      FROM chat_devices AS own JOIN chats USING (chat_id) JOIN chat_devices AS peer USING (chat_id)
      JOIN devices ON devices.device = peer.device
      WHERE own.device = $1 AND own.until IS NULL AND type = $3 AND blocked_by = '{}'
        AND account_id <> $2 AND peer.acknowledged > peer.since
      GROUP BY chat_id`,
    values: [device, AccountId.toBytes(accountId), ChatType.PRIVATE],
  })
  return rows.map(({ chat_id, position }) => ({ chatId: ChatId.fromBytes(chat_id), position }))
}
