/** Requests as the contract shows them. */
import type { MessageInitShape } from '@bufbuild/protobuf'
import { type AccountId, ChatId } from '@veche/protocol'
import type { Account } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import {
  ChatType,
  type CreationRightSchema,
  type IncomingRequestSchema,
  type OutgoingRequestSchema,
  RequestStatus,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Clock } from '@veche/service-kit'
import type { MemberRequest } from '../database/member-requests.ts'
import type { Pair } from '../database/pairs.ts'
import type { JoinRequest } from '../groups/join-request.ts'
import { type People, personOf } from '../people.ts'
import type { GrantKey } from './grant-key.ts'

/** A request as people see it: to a private chat, to add somebody to a group, or to be let into one. */
export type AnyRequest = Pair | MemberRequest | JoinRequest

export function statusOf({ state }: AnyRequest): RequestStatus {
  switch (state.kind) {
    case 'none':
      return RequestStatus.UNSPECIFIED
    case 'pending':
      return RequestStatus.PENDING
    case 'refused':
      return RequestStatus.REFUSED
    case 'allowed':
      return RequestStatus.CREATE
    case 'open':
      return RequestStatus.OPEN
    case 'ended':
      return RequestStatus.ENDED
    default:
      return state satisfies never
  }
}

export function incomingRequest(
  request: AnyRequest,
  asker: Account,
): MessageInitShape<typeof IncomingRequestSchema> {
  return {
    requestId: request.requestId,
    from: personOf(asker),
    status: statusOf(request),
    requestedAtMs: BigInt(request.requestedAtMs),
    type: isPair(request) ? ChatType.PRIVATE : ChatType.GROUP,
    ...(isToJoin(request) && {
      groupId: ChatId.toBytes(request.chatId),
      inviteId: request.inviteId,
      joinRequest: request.joinRequest,
    }),
  }
}

export function outgoingRequest(request: AnyRequest): MessageInitShape<typeof OutgoingRequestSchema> {
  return {
    requestId: request.requestId,
    handle: isToJoin(request) ? '' : request.askedHandle,
    status: statusOf(request),
    requestedAtMs: BigInt(request.requestedAtMs),
    ...(!isPair(request) && { groupId: ChatId.toBytes(request.chatId) }),
    join: isToJoin(request),
  }
}

/** What somebody asks to be let in by is over where it was answered; another may have done that. */
export function isToBeAnswered(request: AnyRequest): boolean {
  return !isToJoin(request) || request.state.kind === 'pending'
}

function isPair(request: AnyRequest): request is Pair {
  return 'askerHandle' in request
}

function isToJoin(request: AnyRequest): request is JoinRequest {
  return 'joinRequest' in request
}

/** What an account's call about a request is answered with: status, and the right or the chat that goes with it. */
export interface RequestAnswer {
  readonly status: RequestStatus
  readonly right?: MessageInitShape<typeof CreationRightSchema>
  readonly chatId: Uint8Array
}

export interface RightOptions {
  readonly people: People
  readonly grantKey: GrantKey
  readonly clock: Clock
}

export async function requestAnswer(
  pair: Pair,
  account: AccountId,
  options: RightOptions,
): Promise<RequestAnswer> {
  const { state } = pair
  const status = statusOf(pair)
  const chatId = state.kind === 'open' ? ChatId.toBytes(pair.chatId) : new Uint8Array()
  if (state.kind !== 'allowed' || state.holder !== account) return { status, chatId }
  const peer = otherOf(pair, account)
  const person = (await options.people.find([peer])).get(peer)
  if (!person) return { status, chatId }
  const grant = options.grantKey.grant(account, peer, options.clock.nowMs())
  return { status, chatId, right: { chatId: ChatId.toBytes(pair.chatId), peer: personOf(person), grant } }
}

export function otherOf({ asker, asked }: Pair, account: AccountId): AccountId {
  return asker === account ? asked : asker
}
