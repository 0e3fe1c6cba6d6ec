/** Rows of `member_requests`: who was asked to be added to a group, as groups/member-request.ts decides it. */
import { AccountId, ChatId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import { isShown, type MemberRequestState } from '../groups/member-request.ts'
import type { Notice } from '../requests/pair.ts'
import { NOTICES } from './notices.ts'

export interface MemberRequest {
  readonly chatId: ChatId
  readonly asker: AccountId
  readonly asked: AccountId
  /** 16 bytes. */
  readonly requestId: Uint8Array
  readonly state: MemberRequestState
  readonly requestedAtMs: number
  readonly askedHandle: string
  readonly notice?: Notice
}

const STATES = ['none', 'pending', 'refused', 'allowed'] as const

interface MemberRequestRow {
  readonly chat_id: Buffer
  readonly asker: Buffer
  readonly asked: Buffer
  readonly request_id: Buffer
  readonly state: number
  readonly shown: boolean
  readonly since_ms: bigint
  readonly requested_at_ms: bigint
  readonly asked_handle: string
  readonly notice: number | null
}

const COLUMNS =
  'chat_id, asker, asked, request_id, state, shown, since_ms, requested_at_ms, asked_handle, notice'

/** What an account has asked for the same group by the same handle. */
export async function findMemberRequestsByHandle(
  database: Queryable,
  { chatId, asker, askedHandle }: Pick<MemberRequest, 'chatId' | 'asker' | 'askedHandle'>,
): Promise<readonly MemberRequest[]> {
  const { rows } = await database.query<MemberRequestRow>(
    `SELECT ${COLUMNS} FROM member_requests WHERE chat_id = $1 AND asker = $2 AND asked_handle = $3`,
    [ChatId.toBytes(chatId), AccountId.toBytes(asker), askedHandle],
  )
  return rows.map(toRequest)
}

/** Locks a request until the transaction ends; makes it first where there is none. */
export async function lockMemberRequest(
  transaction: Queryable,
  ifAbsent: MemberRequest,
): Promise<MemberRequest> {
  const values = toValues(ifAbsent)
  await transaction.query(
    `INSERT INTO member_requests (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (chat_id, asker, asked) DO NOTHING`,
    values,
  )
  const { rows } = await transaction.query<MemberRequestRow>(
    `SELECT ${COLUMNS} FROM member_requests WHERE chat_id = $1 AND asker = $2 AND asked = $3 FOR UPDATE`,
    values.slice(0, 3),
  )
  return toRequest(rows[0]!)
}

/** The request, locked, if it was shown to this account. */
export async function lockMemberRequestTo(
  transaction: Queryable,
  asked: AccountId,
  requestId: Uint8Array,
): Promise<MemberRequest | undefined> {
  const { rows } = await transaction.query<MemberRequestRow>(
    `SELECT ${COLUMNS} FROM member_requests WHERE request_id = $1 AND asked = $2 AND shown FOR UPDATE`,
    [requestId, AccountId.toBytes(asked)],
  )
  return rows[0] && toRequest(rows[0])
}

/** Writes a locked request anew. */
export async function updateMemberRequest(transaction: Queryable, request: MemberRequest): Promise<void> {
  await transaction.query(
    `UPDATE member_requests SET (${COLUMNS}) = ROW ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     WHERE chat_id = $1 AND asker = $2 AND asked = $3`,
    toValues(request),
  )
}

export async function deleteMemberRequest(
  transaction: Queryable,
  { chatId, asker, asked }: Pick<MemberRequest, 'chatId' | 'asker' | 'asked'>,
): Promise<void> {
  await transaction.query('DELETE FROM member_requests WHERE chat_id = $1 AND asker = $2 AND asked = $3', [
    ChatId.toBytes(chatId),
    AccountId.toBytes(asker),
    AccountId.toBytes(asked),
  ])
}

/**
 * Those of these accounts that the asker may add to the group now.
 * @param policyRightsSince rights that nobody has given by an answer count from then on
 */
export async function findAllowed(
  database: Queryable,
  chatId: ChatId,
  asker: AccountId,
  asked: readonly AccountId[],
  policyRightsSince: number,
): Promise<Set<AccountId>> {
  const { rows } = await database.query<{ asked: Buffer }>(
    `SELECT asked FROM member_requests
     WHERE chat_id = $1 AND asker = $2 AND asked = ANY ($3::bytea[]) AND state = 3 AND (shown OR since_ms >= $4)`,
    [ChatId.toBytes(chatId), AccountId.toBytes(asker), asked.map(AccountId.toBytes), policyRightsSince],
  )
  return new Set(rows.map((row) => AccountId.fromBytes(row.asked)))
}

/** Requests to and by an account, newest first, as far as it may know of them. */
export async function listMemberRequests(
  database: Queryable,
  account: AccountId,
  limit: number,
): Promise<readonly MemberRequest[]> {
  const { rows } = await database.query<MemberRequestRow>(
    `SELECT ${COLUMNS} FROM member_requests
     WHERE (asker = $1 AND state IN (1, 2, 3)) OR (asked = $1 AND state IN (1, 3) AND shown)
     ORDER BY requested_at_ms DESC, request_id LIMIT $2`,
    [AccountId.toBytes(account), limit],
  )
  return rows.map(toRequest)
}

export async function findMemberRequests(
  database: Queryable,
  requestIds: readonly Uint8Array[],
): Promise<readonly MemberRequest[]> {
  const { rows } = await database.query<MemberRequestRow>(
    `SELECT ${COLUMNS} FROM member_requests WHERE request_id = ANY ($1::bytea[])`,
    [requestIds],
  )
  return rows.map(toRequest)
}

function toValues(request: MemberRequest) {
  const { chatId, asker, asked, requestId, state, requestedAtMs, askedHandle, notice } = request
  return [
    ChatId.toBytes(chatId),
    AccountId.toBytes(asker),
    AccountId.toBytes(asked),
    requestId,
    STATES.indexOf(state.kind),
    isShown(state),
    'sinceMs' in state ? state.sinceMs : 0,
    requestedAtMs,
    askedHandle,
    notice ? NOTICES[notice] : null,
  ]
}

function toRequest(row: MemberRequestRow): MemberRequest {
  return {
    chatId: ChatId.fromBytes(row.chat_id),
    asker: AccountId.fromBytes(row.asker),
    asked: AccountId.fromBytes(row.asked),
    requestId: row.request_id,
    state: toState(row),
    requestedAtMs: Number(row.requested_at_ms),
    askedHandle: row.asked_handle,
    ...(row.notice !== null && { notice: row.notice === NOTICES.request ? 'request' : 'answer' }),
  }
}

function toState({ state, shown, since_ms }: MemberRequestRow): MemberRequestState {
  const kind = STATES[state]!
  const sinceMs = Number(since_ms)
  switch (kind) {
    case 'none':
      return { kind }
    case 'pending':
      return { kind, shown, sinceMs }
    case 'refused':
      return { kind, sinceMs }
    case 'allowed':
      return { kind, answered: shown, sinceMs }
    default:
      return kind satisfies never
  }
}
