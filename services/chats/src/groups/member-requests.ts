/**
 * Requests to be added to a group (M11, M13, M19): the state machine of member-request.ts in PostgreSQL, one transaction
 * an event with the request's row locked.
 *
 * What an asker can see is the same whether the handle is absent, forbids, has blocked the asker, or is asked for
 * confirmation (B6), as in requests/requests.ts and by the same means. Who is in the group, or banned from it, is looked
 * up as nobody in particular would: the group's state says it to every member, and it must not tell who blocks whom.
 */
import { randomBytes } from 'node:crypto'
import { hasRight, isBanned, listedRole } from '@veche/mls/wire'
import type { AccountId, ChatId } from '@veche/protocol'
import type { ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { type Clock, Code, type Database, type Queryable, RpcError } from '@veche/service-kit'
import type { Device } from '../append/roster.ts'
import { findDevice } from '../database/devices.ts'
import { findGroupOf } from '../database/groups.ts'
import {
  deleteMemberRequest,
  findMemberRequestsByHandle,
  lockMemberRequest,
  lockMemberRequestTo,
  type MemberRequest,
  updateMemberRequest,
} from '../database/member-requests.ts'
import { areContacts, countOpenRequests } from '../database/pairs.ts'
import { MAX_OPEN_REQUESTS } from '../limits.ts'
import type { People } from '../people.ts'
import type { Acceptance } from '../requests/pair.ts'
import { nobodyOf } from '../requests/requests.ts'
import { type MemberRequestEvent, nextMemberRequest } from './member-request.ts'

export interface MemberRequestsOptions {
  readonly database: Database
  readonly people: People
  readonly clock: Clock
  /** Somebody is to be told: called after the transaction. */
  readonly onNotice: () => void
}

export type Asked =
  | { readonly kind: 'asked'; readonly request: MemberRequest }
  | { readonly kind: 'in-group' }

type Reachable = Awaited<ReturnType<People['resolve']>>

export class MemberRequests {
  readonly #options: MemberRequestsOptions

  constructor(options: MemberRequestsOptions) {
    this.#options = options
  }

  /**
   * A member asks to add the owner of a handle.
   * @throws RpcError NOT_FOUND chat_unknown; PERMISSION_DENIED not_allowed; INVALID_ARGUMENT own_handle;
   *   RESOURCE_EXHAUSTED too_many_requests
   */
  async ask(caller: Device, chatId: ChatId, handle: string): Promise<Asked> {
    const { people } = this.#options
    const asker = caller.accountId
    const state = await this.#stateOf(caller, chatId)
    if (!hasRight(state, asker, 'add')) throw new RpcError(Code.PermissionDenied, 'not_allowed')
    const resolved = await people.resolve(handle, asker)
    const owner = await people.resolve(handle, nobodyOf(handle))
    if (owner?.accountId === asker) throw new RpcError(Code.InvalidArgument, 'own_handle')
    if (owner && listedRole(state, owner.accountId) !== undefined) return { kind: 'in-group' }
    if (owner && isBanned(state, owner.accountId)) throw new RpcError(Code.PermissionDenied, 'not_allowed')
    const request = await this.#ask(this.#newRequest(chatId, asker, handle), resolved)
    if (request.notice) this.#options.onNotice()
    return { kind: 'asked', request }
  }

  /** @returns undefined unless the request was shown to this account */
  async answer(
    account: AccountId,
    requestId: Uint8Array,
    answer: 'allow' | 'refuse',
  ): Promise<MemberRequest | undefined> {
    const { database, clock, onNotice } = this.#options
    const request = await database.transaction(async (transaction) => {
      const locked = await lockMemberRequestTo(transaction, account, requestId)
      const next = locked && applyEvent(locked, { kind: answer }, clock.nowMs())
      if (next && next !== locked) await updateMemberRequest(transaction, next)
      return next
    })
    if (request?.notice) onNotice()
    return request
  }

  async #stateOf(caller: Device, chatId: ChatId): Promise<ChatState> {
    const { database } = this.#options
    const device = await findDevice(database, caller)
    const group = device && (await findGroupOf(database, chatId, device))
    if (!group) throw new RpcError(Code.NotFound, 'chat_unknown')
    return group.state
  }

  #ask(wished: MemberRequest, resolved: Reachable): Promise<MemberRequest> {
    return this.#options.database.transaction(async (transaction) => {
      const count = await countOpenRequests(transaction, wished.asker)
      const known = await findMemberRequestsByHandle(transaction, wished)
      const request = { ...wished, asked: targetOf(wished, resolved, known) }
      const isContact = await areContacts(transaction, request.asker, request.asked)
      const acceptance = acceptanceOf(request.asked, resolved, isContact)
      const locked = await lockMemberRequest(transaction, await movedHere(transaction, request, known))
      const next = applyEvent(locked, { kind: 'ask', acceptance }, request.requestedAtMs, request)
      if (isOpen(next) && !isOpen(locked) && count >= MAX_OPEN_REQUESTS) {
        throw new RpcError(Code.ResourceExhausted, 'too_many_requests')
      }
      if (next !== locked) await updateMemberRequest(transaction, next)
      return next
    })
  }

  #newRequest(chatId: ChatId, asker: AccountId, askedHandle: string): MemberRequest {
    return {
      chatId,
      asker,
      asked: nobodyOf(askedHandle),
      requestId: randomBytes(16),
      state: { kind: 'none' },
      requestedAtMs: this.#options.clock.nowMs(),
      askedHandle,
    }
  }
}

/** One who has blocked the asker meanwhile is no longer resolved, and the request stays where it was. */
function targetOf(
  { asked: nobody }: MemberRequest,
  resolved: Reachable,
  known: readonly MemberRequest[],
): AccountId {
  return resolved?.accountId ?? known.find(({ asked }) => asked !== nobody)?.asked ?? nobody
}

/** A request to nobody becomes one to who has become reachable, and looks the same to its asker. */
async function movedHere(
  transaction: Queryable,
  request: MemberRequest,
  known: readonly MemberRequest[],
): Promise<MemberRequest> {
  const nobody = nobodyOf(request.askedHandle)
  const before = known.find(({ asked }) => asked === nobody)
  if (!before || request.asked === nobody) return request
  await deleteMemberRequest(transaction, before)
  return { ...before, asked: request.asked }
}

function acceptanceOf(asked: AccountId, resolved: Reachable, isContact: boolean): Acceptance {
  if (resolved?.accountId !== asked) return 'forbidden'
  return isContact ? 'allowed' : resolved.acceptance
}

/** @param request what a new request is made of, where the event is one */
function applyEvent(
  locked: MemberRequest,
  event: MemberRequestEvent,
  nowMs: number,
  request = locked,
): MemberRequest {
  const transition = nextMemberRequest(locked.state, event, nowMs)
  if (transition.kind !== 'changed') return locked
  const { state, newRequest, notice } = transition
  // A row that was just made is the new request already.
  const { notice: untold, ...rest } = newRequest && locked.state.kind !== 'none' ? request : locked
  const due = notice ?? (state.kind === 'pending' && state.shown ? untold : undefined)
  return { ...rest, state, ...(due && { notice: due }) }
}

function isOpen({ state }: MemberRequest): boolean {
  return state.kind === 'pending' || (state.kind === 'allowed' && state.answered)
}
