/** Rows of `pairs`: what two accounts have agreed about their private chat, as requests/pair.ts decides it. */
import { AccountId, ChatId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import type { Notice, PairState } from '../requests/pair.ts'
import { NOTICES } from './notices.ts'

export interface Pair {
  readonly asker: AccountId
  readonly asked: AccountId
  /** 16 bytes. */
  readonly requestId: Uint8Array
  readonly chatId: ChatId
  readonly state: PairState
  readonly requestedAtMs: number
  readonly askedHandle: string
  readonly askerHandle: string
  readonly notice?: Notice
}

const STATES = ['none', 'pending', 'refused', 'allowed', 'open'] as const

interface PairRow {
  readonly asker: Buffer
  readonly asked: Buffer
  readonly request_id: Buffer
  readonly chat_id: Buffer
  readonly state: number
  readonly shown: boolean
  readonly asker_holds: boolean
  readonly since_ms: bigint
  readonly requested_at_ms: bigint
  readonly asked_handle: string
  readonly asker_handle: string
  readonly notice: number | null
}

const COLUMNS = `asker, asked, request_id, chat_id, state, shown, asker_holds, since_ms, requested_at_ms,
  asked_handle, asker_handle, notice`
/** The asked account may know of it. */
const SEEN_BY_ASKED = '(shown OR state > 1)'

/** Pairs that the account knows by the other's handle: as asker, or as the one who was shown a request. */
export async function findPairsByHandle(
  database: Queryable,
  account: AccountId,
  handle: string,
): Promise<readonly Pair[]> {
  const { rows } = await database.query<PairRow>(
    `SELECT ${COLUMNS} FROM pairs WHERE asker = $1 AND asked_handle = $2
     UNION ALL
     SELECT ${COLUMNS} FROM pairs WHERE asked = $1 AND asker_handle = $2 AND ${SEEN_BY_ASKED}`,
    [AccountId.toBytes(account), handle],
  )
  return rows.map(toPair)
}

/** Locks the row of a pair until the transaction ends; makes it first where there is none. */
export async function lockPair(transaction: Queryable, ifAbsent: Pair): Promise<Pair> {
  await transaction.query(
    `INSERT INTO pairs (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (least(asker, asked), greatest(asker, asked)) DO NOTHING`,
    toValues(ifAbsent),
  )
  const { rows } = await transaction.query<PairRow>(
    `SELECT ${COLUMNS} FROM pairs
     WHERE least(asker, asked) = least($1::bytea, $2::bytea) AND greatest(asker, asked) = greatest($1::bytea, $2::bytea)
     FOR UPDATE`,
    [AccountId.toBytes(ifAbsent.asker), AccountId.toBytes(ifAbsent.asked)],
  )
  return toPair(rows[0]!)
}

/** What names a pair from outside. */
export type PairName = { readonly requestId: Uint8Array } | { readonly chatId: ChatId }

/** The pair that a request or a chat belongs to, if the account is one of the two and may know of it. */
export function findKnownPair(
  database: Queryable,
  account: AccountId,
  name: PairName,
): Promise<Pair | undefined> {
  return queryKnownPair(database, account, name, '')
}

/** The same, locked until the transaction ends. */
export function lockKnownPair(
  transaction: Queryable,
  account: AccountId,
  name: PairName,
): Promise<Pair | undefined> {
  return queryKnownPair(transaction, account, name, 'FOR UPDATE')
}

/** Writes a locked pair anew. @param chatId which never changes, finds its row */
export async function updatePair(transaction: Queryable, pair: Pair): Promise<void> {
  await transaction.query(
    `UPDATE pairs SET (${COLUMNS}) = ROW ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) WHERE chat_id = $4`,
    toValues(pair),
  )
}

/** Whether the two have an open private chat in which neither blocks the other (M10). */
export async function areContacts(database: Queryable, one: AccountId, other: AccountId): Promise<boolean> {
  const { rowCount } = await database.query(
    `SELECT FROM pairs JOIN chats USING (chat_id)
     WHERE least(asker, asked) = least($1::bytea, $2::bytea) AND greatest(asker, asked) = greatest($1::bytea, $2::bytea)
       AND state = 4 AND blocked_by = '{}'`,
    [AccountId.toBytes(one), AccountId.toBytes(other)],
  )
  return rowCount > 0
}

/** Removes the request that stood for nobody. */
export async function deletePair(transaction: Queryable, asker: AccountId, asked: AccountId): Promise<void> {
  await transaction.query('DELETE FROM pairs WHERE asker = $1 AND asked = $2', [
    AccountId.toBytes(asker),
    AccountId.toBytes(asked),
  ])
}

/**
 * Requests of an account that are pending, or allowed and not yet used: for private chats, and into groups but for what
 * needed no answer. Until the transaction ends, no other transaction counts the same account's.
 */
export async function countOpenRequests(transaction: Queryable, asker: AccountId): Promise<number> {
  const id = AccountId.toBytes(asker)
  await transaction.query("SELECT pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 0))", [id])
  const { rows } = await transaction.query<{ count: bigint }>(
    `SELECT (SELECT count(*) FROM pairs WHERE asker = $1 AND state IN (1, 3))
       + (SELECT count(*) FROM member_requests WHERE asker = $1 AND (state = 1 OR (state = 3 AND shown)))
       + (SELECT count(*) FROM join_requests WHERE asker = $1 AND state = 1) AS count`,
    [id],
  )
  return Number(rows[0]!.count)
}

/** Requests to and by an account that are not yet open chats, newest first, as far as it may know of them. */
export async function listPairs(
  database: Queryable,
  account: AccountId,
  limit: number,
): Promise<readonly Pair[]> {
  const { rows } = await database.query<PairRow>(
    `SELECT ${COLUMNS} FROM pairs
     WHERE (asker = $1 AND state IN (1, 2, 3)) OR (asked = $1 AND state IN (1, 3) AND ${SEEN_BY_ASKED})
     ORDER BY requested_at_ms DESC, request_id LIMIT $2`,
    [AccountId.toBytes(account), limit],
  )
  return rows.map(toPair)
}

export async function findPairs(
  database: Queryable,
  requestIds: readonly Uint8Array[],
): Promise<readonly Pair[]> {
  const { rows } = await database.query<PairRow>(
    `SELECT ${COLUMNS} FROM pairs WHERE request_id = ANY ($1::bytea[])`,
    [requestIds],
  )
  return rows.map(toPair)
}

async function queryKnownPair(
  database: Queryable,
  account: AccountId,
  name: PairName,
  locking: '' | 'FOR UPDATE',
): Promise<Pair | undefined> {
  const [column, id] =
    'chatId' in name ? ['chat_id', ChatId.toBytes(name.chatId)] : ['request_id', name.requestId]
  const { rows } = await database.query<PairRow>(
    `SELECT ${COLUMNS} FROM pairs
     WHERE ${column} = $1 AND (asker = $2 OR (asked = $2 AND ${SEEN_BY_ASKED})) ${locking}`,
    [id, AccountId.toBytes(account)],
  )
  return rows[0] && toPair(rows[0])
}

function toValues({
  asker,
  asked,
  requestId,
  chatId,
  state,
  requestedAtMs,
  askedHandle,
  askerHandle,
  notice,
}: Pair) {
  return [
    AccountId.toBytes(asker),
    AccountId.toBytes(asked),
    requestId,
    ChatId.toBytes(chatId),
    STATES.indexOf(state.kind),
    state.kind === 'pending' && state.shown,
    state.kind === 'allowed' && state.holder === asker,
    'sinceMs' in state ? state.sinceMs : 0,
    requestedAtMs,
    askedHandle,
    askerHandle,
    notice ? NOTICES[notice] : null,
  ]
}

function toPair(row: PairRow): Pair {
  return {
    asker: AccountId.fromBytes(row.asker),
    asked: AccountId.fromBytes(row.asked),
    requestId: row.request_id,
    chatId: ChatId.fromBytes(row.chat_id),
    state: toState(row),
    requestedAtMs: Number(row.requested_at_ms),
    askedHandle: row.asked_handle,
    askerHandle: row.asker_handle,
    ...(row.notice !== null && { notice: row.notice === NOTICES.request ? 'request' : 'answer' }),
  }
}

function toState(row: PairRow): PairState {
  const asker = AccountId.fromBytes(row.asker)
  const sinceMs = Number(row.since_ms)
  const kind = STATES[row.state]!
  switch (kind) {
    case 'none':
    case 'open':
      return { kind }
    case 'pending':
      return { kind, asker, shown: row.shown, sinceMs }
    case 'refused':
      return { kind, asker, sinceMs }
    case 'allowed':
      return { kind, asker, holder: row.asker_holds ? asker : AccountId.fromBytes(row.asked), sinceMs }
    default:
      return kind satisfies never
  }
}
