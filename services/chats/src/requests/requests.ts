/**
 * Chat requests (M11, M14, M19): the state machine of pair.ts in PostgreSQL, one transaction an event with the
 * pair's row locked.
 *
 * What an asker can see is the same whether the handle is absent, forbids, has blocked the asker, or is asked for
 * confirmation (B6): the same calls and statements run, and telling the asked happens later and apart
 * (notices.ts). A handle that names nobody the asker may reach is asked as an account that cannot exist; when it
 * becomes reachable, the request moves over and keeps its id.
 */
import { hash, randomBytes } from 'node:crypto'
import { AccountId, ChatId, randomId, utf8 } from '@veche/protocol'
import { type Clock, Code, type Database, type Queryable, RpcError } from '@veche/service-kit'
import {
  countOpenRequests,
  deletePair,
  findPairsByHandle,
  lockKnownPair,
  lockPair,
  type Pair,
  updatePair,
} from '../database/pairs.ts'
import { MAX_OPEN_REQUESTS } from '../limits.ts'
import type { People } from '../people.ts'
import type { Acceptance } from './pair.ts'
import { applyEvent } from './pair-event.ts'

export interface RequestsOptions {
  readonly database: Database
  readonly people: People
  readonly clock: Clock
  /** Somebody is to be told: called after the transaction. */
  readonly onNotice: () => void
}

interface Target {
  readonly account: AccountId
  readonly acceptance: Acceptance
}

export class Requests {
  readonly #options: RequestsOptions

  constructor(options: RequestsOptions) {
    this.#options = options
  }

  /**
   * One account asks for a chat with the owner of a handle.
   * @throws RpcError INVALID_ARGUMENT own_handle; RESOURCE_EXHAUSTED too_many_requests
   */
  async ask(asker: AccountId, handle: string): Promise<Pair> {
    const { database, people } = this.#options
    const resolved = await people.resolve(handle, asker)
    const own = (await people.find([asker])).get(asker)
    if (!own) throw new RpcError(Code.Unauthenticated, 'token_invalid')
    if (own.handle === handle) throw new RpcError(Code.InvalidArgument, 'own_handle')
    const pair = await database.transaction(async (transaction) => {
      const count = await countOpenRequests(transaction, asker)
      const known = await findPairsByHandle(transaction, asker, handle)
      const target = targetOf(asker, handle, resolved, known)
      const request = this.#newRequest(asker, own.handle, target.account, handle)
      const locked = await lockPair(transaction, await this.#movedHere(transaction, request, known))
      const event = { kind: 'request', by: asker, acceptance: target.acceptance } as const
      const next = applyEvent(locked, event, request.requestedAtMs, request)
      if (isOpenRequest(next, asker) && !isOpenRequest(locked, asker) && count >= MAX_OPEN_REQUESTS) {
        throw new RpcError(Code.ResourceExhausted, 'too_many_requests')
      }
      if (next !== locked) await updatePair(transaction, next)
      return next
    })
    if (pair.notice) this.#options.onNotice()
    return pair
  }

  /** @throws RpcError NOT_FOUND request_unknown */
  async answer(account: AccountId, requestId: Uint8Array, answer: 'allow' | 'refuse'): Promise<Pair> {
    const pair = await this.#options.database.transaction(async (transaction) => {
      const locked = await lockKnownPair(transaction, account, { requestId })
      if (!locked) throw new RpcError(Code.NotFound, 'request_unknown')
      const next = applyEvent(locked, { kind: answer, by: account }, this.#options.clock.nowMs())
      if (next !== locked) await updatePair(transaction, next)
      return next
    })
    if (pair.notice) this.#options.onNotice()
    return pair
  }

  #newRequest(asker: AccountId, askerHandle: string, asked: AccountId, askedHandle: string): Pair {
    return {
      asker,
      asked,
      requestId: randomBytes(16),
      chatId: randomId(ChatId),
      state: { kind: 'none' },
      requestedAtMs: this.#options.clock.nowMs(),
      askedHandle,
      askerHandle,
    }
  }

  /** A request to nobody becomes one to who has become reachable, and looks the same to its asker. */
  async #movedHere(transaction: Queryable, request: Pair, known: readonly Pair[]): Promise<Pair> {
    const nobody = nobodyOf(request.askedHandle)
    const before = known.find(({ asked }) => asked === nobody)
    if (!before || request.asked === nobody) return request
    await deletePair(transaction, request.asker, nobody)
    return { ...before, asked: request.asked }
  }
}

/** The account id that stands for a handle without an account: no key hashes to it. */
export function nobodyOf(handle: string): AccountId {
  return AccountId.fromBytes(hash('sha256', utf8(`veche chats: nobody has the handle ${handle}`), 'buffer'))
}

function targetOf(
  asker: AccountId,
  handle: string,
  resolved: { readonly accountId: AccountId; readonly acceptance: Acceptance } | undefined,
  known: readonly Pair[],
): Target {
  const nobody = nobodyOf(handle)
  const others = known.map((pair) => (pair.asker === asker ? pair.asked : pair.asker))
  // One who has blocked the asker meanwhile is no longer resolved, and the request stays where it was.
  const account = others.find((other) => other !== nobody) ?? resolved?.accountId ?? nobody
  return { account, acceptance: resolved?.accountId === account ? resolved.acceptance : 'forbidden' }
}

function isOpenRequest({ asker, state }: Pair, account: AccountId): boolean {
  return asker === account && (state.kind === 'pending' || state.kind === 'allowed')
}
