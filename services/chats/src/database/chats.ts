/** Chats as their members and devices see them. */
import { AccountId, ChatId, EMPTY_LOG_HASH } from '@veche/protocol'
import { ChatType } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { DataKeyId, Queryable } from '@veche/service-kit'
import type { DeviceNumber, NumberedDevice } from '../append/roster.ts'

export interface ChatRow {
  readonly chatId: ChatId
  readonly type: ChatType
  /** The two of a private chat; of a group none: there are many. */
  readonly accounts: readonly AccountId[]
  readonly head: bigint
  readonly epoch: bigint
  readonly kept: boolean
  /** Of a private chat: who accepts no application messages there (M19). */
  readonly blockedBy: readonly AccountId[]
  /** The accounts that do not wish it kept. */
  readonly unkeptBy: readonly AccountId[]
  readonly keptRevision: bigint
  readonly incarnation: number
}

interface RawChatRow {
  readonly chat_id: Buffer
  readonly type: number
  readonly accounts: readonly Buffer[]
  readonly head: bigint
  readonly epoch: bigint
  readonly kept: boolean
  readonly blocked_by: readonly Buffer[]
  readonly unkept_by: readonly Buffer[]
  readonly kept_revision: bigint
  readonly incarnation: number
}

const COLUMNS =
  'chat_id, type, accounts, head, epoch, kept, blocked_by, unkept_by, kept_revision, incarnation'

/** Of the account $1. */
const CHATS_OF = `SELECT chat_id FROM pairs WHERE asker = $1 AND state = 4
  UNION ALL
  SELECT chat_id FROM pairs WHERE asked = $1 AND state = 4
  UNION ALL
  SELECT chat_id FROM groups WHERE accounts @> ARRAY[$1::bytea]`

export interface NewPrivateChat {
  readonly chatId: ChatId
  readonly accounts: readonly [AccountId, AccountId]
  /** What its entries are sealed under. */
  readonly dataKey: DataKeyId
  readonly blockedBy: readonly AccountId[]
}

export function insertPrivateChat(transaction: Queryable, chat: NewPrivateChat): Promise<void> {
  return insertChat(transaction, ChatType.PRIVATE, chat)
}

/** Whose accounts and state are in `groups`. */
export function insertGroupChat(transaction: Queryable, chatId: ChatId, dataKey: DataKeyId): Promise<void> {
  return insertChat(transaction, ChatType.GROUP, { chatId, accounts: [], dataKey, blockedBy: [] })
}

/** Whether a chat id is taken, also by a private chat that two have agreed on; until the transaction ends nobody else asks. */
export async function isTaken(transaction: Queryable, chatId: ChatId): Promise<boolean> {
  const id = ChatId.toBytes(chatId)
  await transaction.query("SELECT pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 0))", [id])
  const { rowCount } = await transaction.query(
    'SELECT FROM chats WHERE chat_id = $1 UNION ALL SELECT FROM pairs WHERE chat_id = $1',
    [id],
  )
  return rowCount > 0
}

async function insertChat(
  transaction: Queryable,
  type: ChatType,
  {
    chatId,
    accounts,
    dataKey,
    blockedBy,
  }: Omit<NewPrivateChat, 'accounts'> & { readonly accounts: readonly AccountId[] },
): Promise<void> {
  await transaction.query(
    `INSERT INTO chats (chat_id, type, accounts, head, epoch, log_hash, data_key_id, blocked_by)
     VALUES ($1, $2, $3, 0, 0, $4, $5, $6)`,
    [
      ChatId.toBytes(chatId),
      type,
      accounts.map(AccountId.toBytes).sort(Buffer.compare),
      EMPTY_LOG_HASH,
      Buffer.from(dataKey, 'hex'),
      blockedBy.map(AccountId.toBytes),
    ],
  )
}

/** The chats of an account, also where none of its devices is in them now. */
export async function listChats(database: Queryable, account: AccountId): Promise<readonly ChatRow[]> {
  const { rows } = await database.query<RawChatRow>(
    `SELECT ${COLUMNS} FROM chats
     WHERE chat_id IN (${CHATS_OF})
     ORDER BY chat_id`,
    [AccountId.toBytes(account)],
  )
  return rows.map(toChat)
}

/** The chats that a device is in now. */
export async function findChatsWith(database: Queryable, device: DeviceNumber): Promise<readonly ChatId[]> {
  const { rows } = await database.query<{ chat_id: Buffer }>(
    'SELECT chat_id FROM chat_devices WHERE device = $1 AND until IS NULL ORDER BY chat_id',
    [device],
  )
  return rows.map(({ chat_id }) => ChatId.fromBytes(chat_id))
}

/** The devices in those chats of a device's account that the device is not in. */
export async function findDevicesToMeet(
  database: Queryable,
  { accountId, device }: Pick<NumberedDevice, 'accountId' | 'device'>,
): Promise<readonly { readonly chatId: ChatId; readonly device: DeviceNumber }[]> {
  const { rows } = await database.query<{ chat_id: Buffer; device: DeviceNumber }>({
    name: 'find_devices_to_meet',
    // First the chats, mostly none: groups have many devices.
    text: `WITH strange AS MATERIALIZED (
        SELECT chat_id FROM (${CHATS_OF}) AS own
        WHERE NOT EXISTS (SELECT FROM chat_devices WHERE chat_id = own.chat_id AND device = $2 AND until IS NULL)
      )
      SELECT chat_id, device FROM strange JOIN chat_devices USING (chat_id) WHERE until IS NULL`,
    values: [AccountId.toBytes(accountId), device],
  })
  return rows.map(({ chat_id, device }) => ({ chatId: ChatId.fromBytes(chat_id), device }))
}

export async function findChats(
  database: Queryable,
  chatIds: readonly ChatId[],
): Promise<readonly ChatRow[]> {
  const { rows } = await database.query<RawChatRow>(
    `SELECT ${COLUMNS} FROM chats WHERE chat_id = ANY ($1::bytea[])`,
    [chatIds.map(ChatId.toBytes)],
  )
  return rows.map(toChat)
}

export interface ChatAccounts {
  readonly type: ChatType
  readonly accounts: readonly AccountId[]
}

/** The accounts of a chat in which the device is now; undefined for any other chat. */
export async function findAccountsOf(
  database: Queryable,
  chatId: ChatId,
  device: DeviceNumber,
): Promise<ChatAccounts | undefined> {
  const { rows } = await database.query<Pick<RawChatRow, 'type' | 'accounts'>>(
    `SELECT type, coalesce(groups.accounts, chats.accounts) AS accounts
     FROM chats JOIN chat_devices USING (chat_id) LEFT JOIN groups USING (chat_id)
     WHERE chat_id = $1 AND device = $2 AND until IS NULL`,
    [ChatId.toBytes(chatId), device],
  )
  const [row] = rows
  return row && { type: row.type, accounts: row.accounts.map((id) => AccountId.fromBytes(id)) }
}

/** Whether an account accepts application messages in a private chat of its own; false for any other chat. */
export async function storeBlocked(
  database: Queryable,
  chatId: ChatId,
  account: AccountId,
  blocked: boolean,
): Promise<boolean> {
  const { rowCount } = await database.query(
    `UPDATE chats
     SET blocked_by = array_remove(blocked_by, $2) || CASE WHEN $3 THEN ARRAY[$2::bytea] ELSE '{}' END
     WHERE chat_id = $1 AND type = $4 AND $2 = ANY (accounts)`,
    [ChatId.toBytes(chatId), AccountId.toBytes(account), blocked, ChatType.PRIVATE],
  )
  return rowCount > 0
}

function toChat(raw: RawChatRow): ChatRow {
  const { chat_id, accounts, blocked_by, unkept_by, kept_revision, ...row } = raw
  return {
    ...row,
    chatId: ChatId.fromBytes(chat_id),
    accounts: accounts.map((id) => AccountId.fromBytes(id)),
    blockedBy: blocked_by.map((id) => AccountId.fromBytes(id)),
    unkeptBy: unkept_by.map((id) => AccountId.fromBytes(id)),
    keptRevision: kept_revision,
  }
}
