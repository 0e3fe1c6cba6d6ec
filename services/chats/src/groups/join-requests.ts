/**
 * Requests to be let into a group by a link that demands it (M13): the state machine of join-request.ts in PostgreSQL, one
 * transaction an event with the chat's row locked, as appends have it. Members' programs check each request again; here it is
 * checked so that nobody is shown one that they would pass over.
 */
import { randomBytes } from 'node:crypto'
import { type CheckedJoinRequest, isBanned, mayLetIn, readJoinRequest } from '@veche/mls/wire'
import { type AccountId, ChatId, DecodeError, decodeMessage, equalBytes } from '@veche/protocol'
import type { ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { JoinRequestSchema } from '@veche/protocol/gen/e2ee/v1/join_request_pb.js'
import { type Clock, Code, type Database, type Queryable, RpcError } from '@veche/service-kit'
import { findDevices } from '../append/read-commit.ts'
import type { Device, DeviceNumber } from '../append/roster.ts'
import { findGroup, listAccountsIn, readStates } from '../database/groups.ts'
import { inboxKinds } from '../database/inbox.ts'
import { findInvites } from '../database/invites.ts'
import {
  findDevicesIn,
  findJoinRequestOf,
  findJoinRequests,
  listJoinRequestsInto,
  listPendingBy,
  storeJoinRequest,
} from '../database/join-requests.ts'
import { countOpenRequests } from '../database/pairs.ts'
import { lockChat } from '../database/reseal.ts'
import { tellUntold } from '../devices/tell-untold.ts'
import { MAX_ADMISSIONS, MAX_JOIN_REQUEST_BYTES, MAX_OPEN_REQUESTS } from '../limits.ts'
import type { People } from '../people.ts'
import { refusalError } from '../routes/refusals.ts'
import { inviteRefusal } from './invite-refusal.ts'
import { askedAgain, type JoinRequest, refused, withdrawn } from './join-request.ts'

export interface JoinRequestsOptions {
  readonly database: Database
  readonly people: People
  readonly clock: Clock
  /** The asker is to be told: called after the transaction. */
  readonly onNotice: () => void
  /** Members were told of a request. */
  readonly onTold: (devices: readonly DeviceNumber[]) => void
}

export type AskedToJoin =
  | { readonly kind: 'asked'; readonly request: JoinRequest }
  | { readonly kind: 'in-group' }

export class JoinRequests {
  readonly #options: JoinRequestsOptions

  constructor(options: JoinRequestsOptions) {
    this.#options = options
  }

  /**
   * Somebody asks to be let into a group.
   * @throws RpcError NOT_FOUND invite_unknown; FAILED_PRECONDITION invite_expired, invite_used_up; PERMISSION_DENIED
   *   not_allowed; INVALID_ARGUMENT join_request_invalid; RESOURCE_EXHAUSTED too_many_requests
   */
  async ask(caller: Device, chatId: ChatId, bytes: Uint8Array): Promise<AskedToJoin> {
    const { database, clock, onTold } = this.#options
    const inviteId = inviteIdIn(bytes)
    const group = await findGroup(database, chatId)
    if ((await listAccountsIn(database, chatId)).includes(caller.accountId)) return { kind: 'in-group' }
    if (!group?.state.invites.some(({ id }) => equalBytes(id, inviteId))) throw refusalError('invite_unknown')
    if (isBanned(group.state, caller.accountId)) throw new RpcError(Code.PermissionDenied, 'not_allowed')
    await this.#check(caller, chatId, bytes, group.state)
    const nowMs = clock.nowMs()
    const asked: JoinRequest = {
      chatId,
      asker: caller.accountId,
      requestId: randomBytes(16),
      inviteId,
      joinRequest: bytes,
      state: { kind: 'pending', sinceMs: nowMs },
      requestedAtMs: nowMs,
    }
    const { outcome, told } = await database.transaction((transaction) => ask(transaction, asked))
    if (told.length > 0) onTold(told)
    return outcome
  }

  /** @returns undefined unless it is one that this account may answer; to allow it takes a commit */
  async answer(
    account: AccountId,
    requestId: Uint8Array,
    answer: 'allow' | 'refuse',
  ): Promise<JoinRequest | undefined> {
    const { database } = this.#options
    const [found] = await findJoinRequests(database, [requestId])
    if (!found || found.state.kind === 'ended') return undefined
    if (!(await listAccountsIn(database, found.chatId)).includes(account)) return undefined
    const group = await findGroup(database, found.chatId)
    if (!isAnswerable(group?.state, found, account)) return undefined
    return answer === 'allow' ? found : this.#change(found, refused)
  }

  /** @returns undefined unless the account has asked it, and was not let in meanwhile */
  async withdraw(account: AccountId, requestId: Uint8Array): Promise<JoinRequest | undefined> {
    const [found] = await findJoinRequests(this.#options.database, [requestId])
    return found?.asker === account ? this.#change(found, withdrawn) : undefined
  }

  /** @returns undefined where it is there no longer */
  async #change(found: JoinRequest, change: typeof refused): Promise<JoinRequest | undefined> {
    const { database, clock, onNotice } = this.#options
    const next = await database.transaction(async (transaction) => {
      await lockChat(transaction, found.chatId)
      const locked = await findJoinRequestOf(transaction, found)
      if (!locked || !equalBytes(locked.requestId, found.requestId)) return undefined
      const after = change(locked, clock.nowMs())
      if (after !== locked) await storeJoinRequest(transaction, after)
      return after
    })
    if (next?.notice) onNotice()
    return next
  }

  /** It is of the very device that sends it, whose key package is good now. */
  async #check(
    { accountId, deviceId }: Device,
    chatId: ChatId,
    bytes: Uint8Array,
    state: ChatState,
  ): Promise<void> {
    const { people, clock } = this.#options
    const read = await readOr(() => readJoinRequest(bytes, chatId, state))
    const account = (await people.find([accountId])).get(accountId)
    const leaf = read && { identity: read.certificate, signatureKey: read.signatureKey }
    const [device] = (leaf && account && findDevices([account], [leaf])) ?? []
    const isTimely = read && read.notBeforeMs <= clock.nowMs() && clock.nowMs() <= read.notAfterMs
    if (device?.deviceId !== deviceId || !isTimely) throw invalid()
  }
}

/** Pending ones by links that demand no answer, which this account's devices may carry out; oldest first. */
export function listWaiting(
  database: Queryable,
  chatId: ChatId,
  state: ChatState,
  account: AccountId,
): Promise<readonly JoinRequest[]> {
  const invites = state.invites.filter((invite) => !invite.approve && mayLetIn(state, account, invite))
  const ids = invites.map(({ id }) => id)
  return ids.length === 0 ? Promise.resolve([]) : listPendingBy(database, chatId, ids, MAX_ADMISSIONS)
}

/** Those that a person of this account is to answer, newest first. */
export async function listToAnswer(
  database: Queryable,
  account: AccountId,
  limit: number,
): Promise<readonly JoinRequest[]> {
  const pending = await listJoinRequestsInto(database, account, limit)
  const states = await readStates(database, [...new Set(pending.map(({ chatId }) => chatId))])
  return pending.filter((request) => isAnswerable(states.get(request.chatId), request, account))
}

/** @param state of the group that the account is in */
function isAnswerable(state: ChatState | undefined, { inviteId }: JoinRequest, account: AccountId): boolean {
  const invite = state?.invites.find(({ id }) => equalBytes(id, inviteId))
  return invite?.approve === true && mayLetIn(state!, account, invite)
}

async function ask(
  transaction: Queryable,
  asked: JoinRequest,
): Promise<{ outcome: AskedToJoin; told: readonly DeviceNumber[] }> {
  const { chatId, asker, inviteId, requestedAtMs: nowMs } = asked
  await transaction.query('SET LOCAL synchronous_commit = on')
  await lockChat(transaction, chatId)
  const accounts = await listAccountsIn(transaction, chatId)
  if (accounts.includes(asker)) return { outcome: { kind: 'in-group' }, told: [] }
  const [row] = await findInvites(transaction, [{ chatId, inviteId }])
  const reason = inviteRefusal(row, nowMs)
  if (reason) throw refusalError(reason)
  const before = await findJoinRequestOf(transaction, asked)
  const request = askedAgain(before, asked)
  const isMore = request.state.kind === 'pending' && before?.state.kind !== 'pending'
  if (isMore && (await countOpenRequests(transaction, asker)) >= MAX_OPEN_REQUESTS)
    throw new RpcError(Code.ResourceExhausted, 'too_many_requests')
  const outcome = { kind: 'asked', request } as const
  if (request === before || isSame(request, before)) return { outcome, told: [] }
  await storeJoinRequest(transaction, request)
  return { outcome, told: await tellMembers(transaction, request, accounts) }
}

/** By what they do about it: a person answers, or the device carries it out. */
async function tellMembers(
  transaction: Queryable,
  { chatId, inviteId, requestId, requestedAtMs }: JoinRequest,
  accounts: readonly AccountId[],
): Promise<readonly DeviceNumber[]> {
  const { state } = (await findGroup(transaction, chatId))!
  const invite = state.invites.find(({ id }) => equalBytes(id, inviteId))
  if (!invite) return []
  const mayAnswer = accounts.filter((account) => mayLetIn(state, account, invite))
  const devices = await findDevicesIn(transaction, chatId, mayAnswer)
  const told = invite.approve
    ? { kind: inboxKinds.request, subject: requestId }
    : { kind: inboxKinds.devicesChanged, subject: ChatId.toBytes(chatId) }
  return tellUntold(
    transaction,
    devices.map((device) => ({ device, ...told })),
    requestedAtMs,
  )
}

function isSame({ joinRequest }: JoinRequest, before: JoinRequest | undefined): boolean {
  return before?.state.kind === 'pending' && equalBytes(before.joinRequest, joinRequest)
}

/** @throws RpcError INVALID_ARGUMENT join_request_invalid */
function inviteIdIn(bytes: Uint8Array): Uint8Array {
  try {
    return decodeMessage(JoinRequestSchema, bytes, MAX_JOIN_REQUEST_BYTES).inviteId
  } catch (error) {
    if (error instanceof DecodeError) throw invalid()
    throw error
  }
}

async function readOr(read: () => Promise<CheckedJoinRequest>): Promise<CheckedJoinRequest | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}

function invalid(): RpcError {
  return new RpcError(Code.InvalidArgument, 'join_request_invalid')
}
