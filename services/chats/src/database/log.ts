/** The logs of chats: their heads, their entries, and which device is which leaf. */
import { AccountId, ChatId, DeviceId } from '@veche/protocol'
import type { ChatType } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { DataKeyId, Queryable } from '@veche/service-kit'
import type { LogHead, PlacedEntry } from '../append/place-entry.ts'
import { entryKind } from '../append/place-entry.ts'
import {
  type DeviceNumber,
  deviceKey,
  type Member,
  type NumberedDevice,
  type Roster,
  rosterOf,
} from '../append/roster.ts'
import { insertChatAccounts } from './archive.ts'
import { forgetReplacements } from './replacements.ts'

export interface HeadRow {
  readonly chatId: ChatId
  readonly type: ChatType
  readonly position: bigint
  readonly epoch: bigint
  readonly logHash: Buffer
  readonly incarnation: number
  /** What new entries are sealed under. */
  readonly dataKeyId: DataKeyId
  /** Of a private chat: who accepts no application messages there. */
  readonly blockedBy: readonly AccountId[]
}

type RawHeadRow = Omit<HeadRow, 'chatId' | 'blockedBy'> & {
  readonly chatId: Buffer
  readonly blockedBy: readonly Buffer[]
}

/** Locks the heads of chats until the transaction ends, always in the order of their ids: no two can deadlock. */
export async function lockHeads(
  transaction: Queryable,
  chatIds: readonly ChatId[],
): Promise<readonly HeadRow[]> {
  const { rows } = await transaction.query<RawHeadRow>({
    name: 'lock_heads',
    text: `SELECT chat_id AS "chatId", type, head AS position, epoch, log_hash AS "logHash", incarnation,
        encode(data_key_id, 'hex') AS "dataKeyId", blocked_by AS "blockedBy"
      FROM chats WHERE chat_id = ANY ($1::bytea[]) ORDER BY chat_id FOR NO KEY UPDATE`,
    values: [chatIds.map(ChatId.toBytes)],
  })
  return rows.map((row) => ({
    ...row,
    chatId: ChatId.fromBytes(row.chatId),
    blockedBy: row.blockedBy.map((id) => AccountId.fromBytes(id)),
  }))
}

interface MemberRow {
  readonly chatId: Buffer
  readonly accountId: Buffer
  readonly deviceId: Buffer
  readonly device: DeviceNumber
  readonly leaf: number
  readonly since: bigint
}

/** Who is in chats now. */
export async function readRosters(
  database: Queryable,
  chatIds: readonly ChatId[],
): Promise<Map<ChatId, Roster>> {
  const { rows } = await database.query<MemberRow>({
    name: 'read_rosters',
    text: `SELECT chat_id AS "chatId", account_id AS "accountId", device_id AS "deviceId", device, leaf, since
      FROM chat_devices JOIN devices USING (device)
      WHERE chat_id = ANY ($1::bytea[]) AND until IS NULL`,
    values: [chatIds.map(ChatId.toBytes)],
  })
  const members = Map.groupBy(rows, (row) => ChatId.fromBytes(row.chatId))
  return new Map(chatIds.map((chatId) => [chatId, rosterOf((members.get(chatId) ?? []).map(toMember))]))
}

/** The epochs begun by the last commits that added devices who are in chats now; none for a commit that is removed. */
export async function readArrivalEpochs(
  database: Queryable,
  chatIds: readonly ChatId[],
): Promise<Map<ChatId, bigint>> {
  const { rows } = await database.query<{ chatId: Buffer; epoch: bigint }>({
    name: 'read_arrival_epochs',
    text: `WITH last AS (
        SELECT chat_id, max(since) AS position FROM chat_devices
        WHERE chat_id = ANY ($1::bytea[]) AND until IS NULL GROUP BY chat_id
      )
      SELECT chat_id AS "chatId", epoch + 1 AS epoch FROM entries JOIN last USING (chat_id, position)
      WHERE epoch IS NOT NULL`,
    values: [chatIds.map(ChatId.toBytes)],
  })
  return new Map(rows.map(({ chatId, epoch }) => [ChatId.fromBytes(chatId), epoch]))
}

export interface MessageKey {
  readonly chatId: ChatId
  readonly device: DeviceNumber
  readonly messageId: Uint8Array
}

export interface StoredMessage {
  readonly chatId: ChatId
  readonly device: DeviceNumber
  readonly messageId: Buffer
  readonly position: bigint
  readonly receivedAtMs: bigint
}

/** Which of these messages the logs hold already. */
export async function findStored(
  database: Queryable,
  keys: readonly MessageKey[],
): Promise<readonly StoredMessage[]> {
  const { rows } = await database.query<Omit<StoredMessage, 'chatId'> & { chatId: Buffer }>({
    name: 'find_stored',
    text: `SELECT chat_id AS "chatId", device, message_id AS "messageId", position, received_at_ms AS "receivedAtMs"
      FROM entries
      JOIN unnest($1::bytea[], $2::bigint[], $3::bytea[]) AS k (chat_id, device, message_id)
        USING (chat_id, device, message_id)`,
    values: [
      keys.map(({ chatId }) => ChatId.toBytes(chatId)),
      keys.map(({ device }) => device),
      keys.map(({ messageId }) => messageId),
    ],
  })
  return rows.map((row) => ({ ...row, chatId: ChatId.fromBytes(row.chatId) }))
}

export interface SealedEntry {
  readonly entry: PlacedEntry
  readonly payload: Uint8Array
}

/** Adds entries and moves the heads that they belong to, in one statement. */
export async function insertEntries(
  transaction: Queryable,
  entries: readonly SealedEntry[],
  heads: readonly LogHead[],
  receivedAtMs: number,
): Promise<void> {
  await transaction.query({
    name: 'insert_entries',
    text: `WITH new AS (
        INSERT INTO entries
          (chat_id, position, kind, device, message_id, epoch, entry_hash, log_hash, payload, received_at_ms)
        SELECT *, $10::bigint
        FROM unnest($1::bytea[], $2::bigint[], $3::smallint[], $4::bigint[], $5::bytea[], $6::bigint[],
          $7::bytea[], $8::bytea[], $9::bytea[])
      )
      UPDATE chats
      SET head = h.head, epoch = h.epoch, log_hash = h.log_hash
      FROM unnest($11::bytea[], $12::bigint[], $13::bigint[], $14::bytea[]) AS h (chat_id, head, epoch, log_hash)
      WHERE chats.chat_id = h.chat_id`,
    values: [
      entries.map(({ entry }) => ChatId.toBytes(entry.chatId)),
      entries.map(({ entry }) => entry.position),
      entries.map(({ entry }) => entryKind(entry)),
      entries.map(({ entry }) => entry.device),
      entries.map(({ entry }) => entry.messageId),
      entries.map(({ entry }) => entry.epoch),
      entries.map(({ entry }) => entry.entryHash),
      entries.map(({ entry }) => entry.logHash),
      entries.map(({ payload }) => payload),
      receivedAtMs,
      heads.map(({ chatId }) => ChatId.toBytes(chatId)),
      heads.map(({ position }) => position),
      heads.map(({ epoch }) => epoch),
      heads.map(({ logHash }) => logHash),
    ],
  })
}

/** A chat's first entry; undefined where there is no chat. */
export async function findFirstEntry(
  database: Queryable,
  chatId: ChatId,
): Promise<{ readonly entryHash: Buffer; readonly receivedAtMs: bigint } | undefined> {
  const { rows } = await database.query<{ entryHash: Buffer; receivedAtMs: bigint }>(
    `SELECT entry_hash AS "entryHash", coalesce(received_at_ms, 0) AS "receivedAtMs" FROM entries
     WHERE chat_id = $1 AND position = 1`,
    [ChatId.toBytes(chatId)],
  )
  return rows[0]
}

/** hash(position) of a log. */
export async function findLogHash(database: Queryable, chatId: ChatId, position: bigint): Promise<Buffer> {
  const { rows } = await database.query<{ logHash: Buffer }>(
    'SELECT log_hash AS "logHash" FROM entries WHERE chat_id = $1 AND position = $2',
    [ChatId.toBytes(chatId), position],
  )
  return rows[0]!.logHash
}

/** Writes down who left and who came by one commit. */
export async function changeMembers(
  transaction: Queryable,
  { chatId, position, membership, commit }: PlacedEntry,
): Promise<void> {
  if (!membership) return
  const { added, removed } = membership
  const chat = ChatId.toBytes(chatId)
  if (removed.length > 0) {
    await transaction.query('UPDATE chat_devices SET until = $3 WHERE chat_id = $1 AND device = ANY ($2)', [
      chat,
      removed.map(({ device }) => device),
      position,
    ])
    await forgetReplacements(
      transaction,
      chatId,
      removed.map(({ device }) => device),
    )
  }
  const keys = new Map(commit!.adds.map((device) => [deviceKey(device), device.signatureKey]))
  const members = added.map((member) => ({ ...member, signatureKey: keys.get(deviceKey(member))! }))
  if (members.length === 0) return
  await insertMembers(transaction, chatId, members)
  const accounts = members.map(({ accountId }) => accountId)
  await insertChatAccounts(transaction, chatId, accounts, commit!.joins?.withHistory ? 0n : position)
}

/** Who makes a chat reads all of its log. */
export async function insertCreator(
  transaction: Queryable,
  chatId: ChatId,
  creator: NumberedDevice & { readonly signatureKey: Uint8Array },
): Promise<void> {
  await insertMembers(transaction, chatId, [{ ...creator, leaf: 0, since: 0n }])
  await insertChatAccounts(transaction, chatId, [creator.accountId], 0n)
}

/** A device that comes back begins anew: it reads what follows the commit that brought it. */
export async function insertMembers(
  transaction: Queryable,
  chatId: ChatId,
  members: readonly (Member & { readonly signatureKey: Uint8Array })[],
): Promise<void> {
  await transaction.query(
    `INSERT INTO chat_devices (chat_id, device, leaf, since, acknowledged, signature_key)
     SELECT $1, device, leaf, since, since, signature_key
     FROM unnest($2::bigint[], $3::integer[], $4::bigint[], $5::bytea[]) AS m (device, leaf, since, signature_key)
     ON CONFLICT (chat_id, device) DO UPDATE
     SET leaf = excluded.leaf, since = excluded.since, until = NULL, acknowledged = excluded.acknowledged,
       signature_key = excluded.signature_key`,
    [
      ChatId.toBytes(chatId),
      members.map(({ device }) => device),
      members.map(({ leaf }) => leaf),
      members.map(({ since }) => since),
      members.map(({ signatureKey }) => signatureKey),
    ],
  )
}

function toMember({ accountId, deviceId, device, leaf, since }: MemberRow): Member {
  return {
    accountId: AccountId.fromBytes(accountId),
    deviceId: DeviceId.fromBytes(deviceId),
    device,
    leaf,
    since,
  }
}
