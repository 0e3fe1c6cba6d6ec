/** Groups as the service judges them: the ChatState after the last commit, and who is which leaf by which key. */
import { decodeChatState, encodeChatState, type KnownLeaf, listedAccounts } from '@veche/mls/wire'
import { AccountId, ChatId, DeviceId } from '@veche/protocol'
import type { ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { Database, Queryable } from '@veche/service-kit'
import type { DeviceNumber, Roster } from '../append/roster.ts'
import { removeArrived } from './join-requests.ts'

export interface GroupRow {
  readonly epoch: bigint
  readonly state: ChatState
}

/** A group with its tree. */
export interface GroupWithLeaves extends GroupRow {
  readonly members: readonly KnownLeaf[]
}

/** A group in which the device is now; undefined for any other chat. */
export async function findGroupOf(
  database: Queryable,
  chatId: ChatId,
  device: DeviceNumber,
): Promise<GroupRow | undefined> {
  const { rows } = await database.query<{ epoch: bigint; state: Buffer }>(
    `SELECT epoch, state FROM chats JOIN groups USING (chat_id) JOIN chat_devices USING (chat_id)
     WHERE chat_id = $1 AND device = $2 AND until IS NULL`,
    [ChatId.toBytes(chatId), device],
  )
  return rows[0] && { ...rows[0], state: decodeChatState(rows[0].state) }
}

interface LeafRow {
  readonly accountId: Buffer
  readonly deviceId: Buffer
  readonly leaf: number
  readonly signatureKey: Buffer
}

/** A group as anybody may find it who has its id. */
export async function findGroup(database: Queryable, chatId: ChatId): Promise<GroupRow | undefined> {
  const { rows } = await database.query<{ epoch: bigint; state: Buffer }>(
    'SELECT epoch, state FROM chats JOIN groups USING (chat_id) WHERE chat_id = $1',
    [ChatId.toBytes(chatId)],
  )
  return rows[0] && { ...rows[0], state: decodeChatState(rows[0].state) }
}

/** A group in which the device is now, with its leaves, all of one moment. */
export function findWholeGroupOf(
  database: Database,
  chatId: ChatId,
  device: DeviceNumber,
): Promise<GroupWithLeaves | undefined> {
  return readWhole(database, chatId, (transaction) => findGroupOf(transaction, chatId, device))
}

/** As `findGroup`, with its leaves. */
export function findWholeGroup(database: Database, chatId: ChatId): Promise<GroupWithLeaves | undefined> {
  return readWhole(database, chatId, (transaction) => findGroup(transaction, chatId))
}

function readWhole(
  database: Database,
  chatId: ChatId,
  find: (transaction: Queryable) => Promise<GroupRow | undefined>,
): Promise<GroupWithLeaves | undefined> {
  return database.transaction(
    async (transaction) => {
      const group = await find(transaction)
      if (!group) return undefined
      const { rows } = await transaction.query<LeafRow>(
        `SELECT account_id AS "accountId", device_id AS "deviceId", leaf, signature_key AS "signatureKey"
         FROM chat_devices JOIN devices USING (device) WHERE chat_id = $1 AND until IS NULL ORDER BY leaf`,
        [ChatId.toBytes(chatId)],
      )
      return { ...group, members: rows.map(toLeaf) }
    },
    { isolation: 'repeatable read', readOnly: true },
  )
}

/** The states of those of these chats that are groups. */
export async function readStates(
  database: Queryable,
  chatIds: readonly ChatId[],
): Promise<Map<ChatId, ChatState>> {
  const { rows } = await database.query<{ chatId: Buffer; state: Buffer }>({
    name: 'read_states',
    text: 'SELECT chat_id AS "chatId", state FROM groups WHERE chat_id = ANY ($1::bytea[])',
    values: [chatIds.map(ChatId.toBytes)],
  })
  return new Map(rows.map(({ chatId, state }) => [ChatId.fromBytes(chatId), decodeChatState(state)]))
}

/** Who is listed in a group or in its tree. */
export async function listAccountsIn(database: Queryable, chatId: ChatId): Promise<AccountId[]> {
  const { rows } = await database.query<{ accounts: Buffer[] }>(
    'SELECT accounts FROM groups WHERE chat_id = $1',
    [ChatId.toBytes(chatId)],
  )
  return (rows[0]?.accounts ?? []).map((account) => AccountId.fromBytes(account))
}

export async function insertGroup(
  transaction: Queryable,
  chatId: ChatId,
  state: ChatState,
  creator: AccountId,
): Promise<void> {
  await transaction.query('INSERT INTO groups (chat_id, state, accounts) VALUES ($1, $2, $3)', [
    ChatId.toBytes(chatId),
    encodeChatState(state),
    [AccountId.toBytes(creator)],
  ])
}

/**
 * Writes down what a commit has made of a group. With an account goes what it wished and asked here; with those who
 * came, what they were asked.
 */
export async function updateGroup(
  transaction: Queryable,
  chatId: ChatId,
  state: ChatState,
  roster: Roster,
): Promise<void> {
  const present = [...roster.values()].map(({ accountId }) => accountId)
  const accounts = [...new Set([...listedAccounts(state), ...present])].map(AccountId.toBytes)
  const values = [ChatId.toBytes(chatId), accounts.sort(Buffer.compare)]
  await transaction.query('UPDATE groups SET accounts = $2, state = $3 WHERE chat_id = $1', [
    ...values,
    encodeChatState(state),
  ])
  await transaction.query(
    'DELETE FROM leave_requests WHERE chat_id = $1 AND account_id <> ALL ($2::bytea[])',
    values,
  )
  await transaction.query(
    'DELETE FROM chat_accounts WHERE chat_id = $1 AND account_id <> ALL ($2::bytea[])',
    values,
  )
  await transaction.query(
    `DELETE FROM member_requests
     WHERE chat_id = $1 AND (asked = ANY ($2::bytea[]) OR asker <> ALL ($2::bytea[]))`,
    values,
  )
  await removeArrived(transaction, chatId, accounts)
}

function toLeaf({ accountId, deviceId, leaf, signatureKey }: LeafRow): KnownLeaf {
  return {
    accountId: AccountId.fromBytes(accountId),
    deviceId: DeviceId.fromBytes(deviceId),
    leaf,
    signatureKey,
  }
}
