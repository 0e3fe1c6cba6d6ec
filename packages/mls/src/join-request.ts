/**
 * Requests to be let into a group by an invite link that demands it. Whoever holds the link's seed signs one key package of
 * their device; a member adds that key package and no other, once. Format: proto/veche/e2ee/v1/join_request.proto.
 */
import { create } from '@bufbuild/protobuf'
import {
  type AccountId,
  ChatId,
  DecodeError,
  type DeviceId,
  decodeCanonical,
  encodeMessage,
  equalBytes,
  isSignedBy,
  labelled,
  sign,
} from '@veche/protocol'
import type { ChatState, Invite } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { type JoinRequest, JoinRequestSchema } from '@veche/protocol/gen/e2ee/v1/join_request_pb.js'
import { isBanned, isRevoked } from './chat-state.ts'
import { derive, inviteIdOf } from './invite-seed.ts'
import { isByRequest } from './invite-terms.ts'
import { readKeyPackage } from './key-package.ts'

const VERSION = 1
const MAX_BYTES = 8192
const USED_REQUEST_BYTES = 16

/** A request that the link's key has signed, by a link that lives in the state and demands it. */
export interface CheckedJoinRequest {
  readonly invite: Invite
  readonly accountId: AccountId
  readonly deviceId: DeviceId
  readonly certificate: Uint8Array
  readonly signatureKey: Uint8Array
  /** MLSMessage. */
  readonly keyPackage: Uint8Array
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** For `Invite.used_requests`. */
  readonly usedId: Uint8Array
}

/** @param keyPackage made for this request alone. @returns JoinRequest bytes */
export async function requestJoin(
  chatId: ChatId,
  seed: Uint8Array,
  keyPackage: Uint8Array,
): Promise<Uint8Array> {
  const unsigned = { chatId: ChatId.toBytes(chatId), inviteId: inviteIdOf(seed), keyPackage }
  const signature = await sign(derive(seed, 'signing', 32), signedPart(unsigned))
  return encodeMessage(
    JoinRequestSchema,
    create(JoinRequestSchema, { version: VERSION, ...unsigned, signature }),
  )
}

/**
 * Says who asks, and by which link. Lifetimes, and whether the account is in the group, are the caller's.
 * @throws DecodeError unless members would let them in by it: also for a link that is gone or demands nothing, a request
 * that was used before, and who is banned or revoked
 */
export async function readJoinRequest(
  bytes: Uint8Array,
  chatId: ChatId,
  state: ChatState,
): Promise<CheckedJoinRequest> {
  const request = decodeCanonical(JoinRequestSchema, bytes, MAX_BYTES)
  if (request.version !== VERSION) throw new DecodeError('join request: unknown version')
  if (!equalBytes(request.chatId, ChatId.toBytes(chatId)))
    throw new DecodeError('join request: for another group')
  const invite = state.invites.find(({ id }) => equalBytes(id, request.inviteId))
  if (!invite || !isByRequest(invite)) throw new DecodeError('join request: by no link that lives')
  if (!(await isSignedBy(invite.signingKey, signedPart(request), request.signature)))
    throw new DecodeError('join request: not signed by its link')
  const { identity, reference, lastResort, ...facts } = await readKeyPackage(request.keyPackage)
  const usedId = reference.slice(0, USED_REQUEST_BYTES)
  if (lastResort) throw new DecodeError('join request: its key package is for several uses')
  if (invite.usedRequests.some((used) => equalBytes(used, usedId)))
    throw new DecodeError('join request: used before')
  if (isBanned(state, identity.accountId) || isRevoked(state, identity.deviceId))
    throw new DecodeError('join request: by who may not come')
  return { invite, ...identity, ...facts, keyPackage: request.keyPackage, usedId }
}

function signedPart({ chatId, inviteId, keyPackage }: Unsigned): Uint8Array {
  return labelled('veche join request v1', chatId, inviteId, keyPackage)
}

type Unsigned = Pick<JoinRequest, 'chatId' | 'inviteId' | 'keyPackage'>
