/** Rows of `join_requests`: who asks to be let into a group by a link, as groups/join-request.ts decides it. */
import { AccountId, ChatId } from '@veche/protocol'
import type { Queryable, SqlValue } from '@veche/service-kit'
import type { DeviceNumber } from '../append/roster.ts'
import type { JoinRequest } from '../groups/join-request.ts'
import { NOTICES } from './notices.ts'

/** As the column `state` says it. */
const STATES = { pending: 1, refused: 2, ended: 3 } as const
const KINDS = { 1: 'pending', 2: 'refused', 3: 'ended' } as const

interface JoinRequestRow {
  readonly chat_id: Buffer
  readonly asker: Buffer
  readonly request_id: Buffer
  readonly invite_id: Buffer
  readonly request: Buffer
  readonly state: keyof typeof KINDS
  readonly since_ms: bigint
  readonly requested_at_ms: bigint
  readonly notice: number | null
}

const COLUMNS = 'chat_id, asker, request_id, invite_id, request, state, since_ms, requested_at_ms, notice'

/** What the account has asked of the group; the chat's row is locked. */
export async function findJoinRequestOf(
  database: Queryable,
  { chatId, asker }: Pick<JoinRequest, 'chatId' | 'asker'>,
): Promise<JoinRequest | undefined> {
  const [found] = await select(database, 'chat_id = $1 AND asker = $2', [
    ChatId.toBytes(chatId),
    AccountId.toBytes(asker),
  ])
  return found
}

export async function storeJoinRequest(transaction: Queryable, request: JoinRequest): Promise<void> {
  await transaction.query(
    `INSERT INTO join_requests (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (chat_id, asker) DO UPDATE SET (${COLUMNS}) = ROW ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    toValues(request),
  )
}

export function findJoinRequests(
  database: Queryable,
  requestIds: readonly Uint8Array[],
): Promise<readonly JoinRequest[]> {
  return select(database, 'request_id = ANY ($1::bytea[])', [requestIds])
}

/** Pending, of these accounts. */
export function findPendingOf(
  database: Queryable,
  chatId: ChatId,
  askers: readonly AccountId[],
): Promise<readonly JoinRequest[]> {
  return select(database, `chat_id = $1 AND state = ${STATES.pending} AND asker = ANY ($2::bytea[])`, [
    ChatId.toBytes(chatId),
    askers.map(AccountId.toBytes),
  ])
}

/** Pending, of these links, oldest first. */
export function listPendingBy(
  database: Queryable,
  chatId: ChatId,
  inviteIds: readonly Uint8Array[],
  limit: number,
): Promise<readonly JoinRequest[]> {
  const where = `chat_id = $1 AND state = ${STATES.pending} AND invite_id = ANY ($2::bytea[])`
  return select(database, where, [ChatId.toBytes(chatId), inviteIds], `requested_at_ms LIMIT ${limit}`)
}

/** By an account, newest first, but for those in which it has come into the group. */
export function listJoinRequestsBy(
  database: Queryable,
  asker: AccountId,
  limit: number,
): Promise<readonly JoinRequest[]> {
  return select(database, 'asker = $1', [AccountId.toBytes(asker)], `requested_at_ms DESC LIMIT ${limit}`)
}

/** Pending, into groups that an account is in, newest first. */
export function listJoinRequestsInto(
  database: Queryable,
  member: AccountId,
  limit: number,
): Promise<readonly JoinRequest[]> {
  const groups = 'SELECT chat_id FROM groups WHERE $1 = ANY (accounts)'
  return select(
    database,
    `state = ${STATES.pending} AND chat_id IN (${groups})`,
    [AccountId.toBytes(member)],
    `requested_at_ms DESC LIMIT ${limit}`,
  )
}

/** Devices that are in the chat now, of these accounts. */
export async function findDevicesIn(
  database: Queryable,
  chatId: ChatId,
  accounts: readonly AccountId[],
): Promise<readonly DeviceNumber[]> {
  const { rows } = await database.query<{ device: DeviceNumber }>(
    `SELECT device FROM chat_devices JOIN devices USING (device)
     WHERE chat_id = $1 AND until IS NULL AND account_id = ANY ($2::bytea[]) ORDER BY device`,
    [ChatId.toBytes(chatId), accounts.map(AccountId.toBytes)],
  )
  return rows.map(({ device }) => device)
}

/** Those of accounts that are in the group now are done. */
export async function removeArrived(
  transaction: Queryable,
  chatId: ChatId,
  accounts: readonly Uint8Array[],
): Promise<void> {
  await transaction.query('DELETE FROM join_requests WHERE chat_id = $1 AND asker = ANY ($2::bytea[])', [
    ChatId.toBytes(chatId),
    accounts,
  ])
}

/**
 * Ends those whose link is no longer good, or whose asker is banned.
 * @param of one group alone; all where it is left out
 * @returns whether anybody is to be told
 */
export async function endDeadRequests(
  transaction: Queryable,
  nowMs: number,
  of?: { readonly chatId: ChatId; readonly banned: readonly Uint8Array[] },
): Promise<boolean> {
  const isOf = of ? 'AND r.chat_id = $2' : ''
  const isBanned = of ? 'r.asker = ANY ($3::bytea[]) OR' : ''
  const { rowCount } = await transaction.query(
    `UPDATE join_requests AS r SET state = ${STATES.ended}, since_ms = $1, notice = ${NOTICES.answer}
     WHERE r.state = ${STATES.pending} ${isOf} AND (${isBanned} NOT EXISTS (
       SELECT FROM invites AS i
       WHERE i.chat_id = r.chat_id AND i.invite_id = r.invite_id AND expires_at_ms > $1 AND uses < max_uses
     ))`,
    [nowMs, ...(of ? [ChatId.toBytes(of.chatId), of.banned] : [])],
  )
  return rowCount > 0
}

async function select(
  database: Queryable,
  where: string,
  values: SqlValue[],
  order = 'request_id',
): Promise<readonly JoinRequest[]> {
  const { rows } = await database.query<JoinRequestRow>(
    `SELECT ${COLUMNS} FROM join_requests WHERE ${where} ORDER BY ${order}`,
    values,
  )
  return rows.map(toRequest)
}

function toValues(request: JoinRequest) {
  const { chatId, asker, requestId, inviteId, joinRequest, state, requestedAtMs, notice } = request
  return [
    ChatId.toBytes(chatId),
    AccountId.toBytes(asker),
    requestId,
    inviteId,
    joinRequest,
    STATES[state.kind],
    state.sinceMs,
    requestedAtMs,
    notice ? NOTICES[notice] : null,
  ]
}

function toRequest(row: JoinRequestRow): JoinRequest {
  return {
    chatId: ChatId.fromBytes(row.chat_id),
    asker: AccountId.fromBytes(row.asker),
    requestId: row.request_id,
    inviteId: row.invite_id,
    joinRequest: row.request,
    state: { kind: KINDS[row.state], sinceMs: Number(row.since_ms) },
    requestedAtMs: Number(row.requested_at_ms),
    ...(row.notice !== null && { notice: 'answer' as const }),
  }
}
