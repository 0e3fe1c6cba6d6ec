/**
 * Asking to be let into a group by a link that demands it: what this device asks by, and what it takes for the answer. A
 * Welcome counts only with the proof of a member who knows the link, for the very key package that was asked by: the server
 * has this device's other key packages, and could lead it by them into a group of its own (A5).
 */
import { create } from '@bufbuild/protobuf'
import { type Device, inviteMemberKey, newKeyPackage, requestJoin } from '@veche/mls'
import { inviteIdOf } from '@veche/mls/wire'
import { ChatId, DecodeError, equalBytes } from '@veche/protocol'
import { type OutgoingRequest, RequestStatus, type Welcome } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import {
  type Asking,
  AskingSchema,
  type Joining,
  type KeyPackageSecret,
} from '@veche/protocol/gen/local/v1/device_pb.js'
import { proveAdmission } from './invite-keys.ts'
import type { LocalDevice } from './local-device.ts'

/** A request with a key package of its own; to be kept before it is sent. */
export async function newAsking(
  device: Device,
  { chatId, seed }: Pick<Joining, 'chatId' | 'seed'>,
  nowMs: number,
): Promise<Asking> {
  const { keyPackage, reference, privatePart } = await newKeyPackage(device, { nowMs })
  const joinRequest = await requestJoin(ChatId.fromBytes(chatId), seed, keyPackage)
  const secret = { reference, privatePart, madeAtMs: BigInt(nowMs) }
  return create(AskingSchema, { joinRequest, secret })
}

export type AskingJoin = Joining & { readonly asking: Asking & { readonly secret: KeyPackageSecret } }

/** What this device asks of a group. */
export function askingOf(
  { joinings }: Pick<LocalDevice, 'joinings'>,
  chatId: Uint8Array,
): AskingJoin | undefined {
  const joining = joinings.find((one) => equalBytes(one.chatId, chatId))
  return joining?.asking?.secret ? (joining as AskingJoin) : undefined
}

/** @param reference of the key package that it was entered by. @throws DecodeError unless it answers what was asked */
export function ensureAdmitted(
  { chatId, seed, asking }: AskingJoin,
  { welcome, admissions }: Pick<Welcome, 'welcome' | 'admissions'>,
  reference: Uint8Array,
): void {
  const [admission, another] = admissions
  const inviteId = inviteIdOf(seed)
  const isAnswer = equalBytes(reference, asking.secret.reference)
  if (!isAnswer || !admission || another || !equalBytes(admission.inviteId, inviteId))
    throw new DecodeError('welcome: no answer to what was asked')
  const proof = proveAdmission(
    ChatId.fromBytes(chatId),
    { inviteId, key: inviteMemberKey(seed) },
    asking.joinRequest,
    welcome,
  )
  if (!equalBytes(admission.proof, proof)) throw new DecodeError('welcome: of nobody in the group')
}

/** Which asking has come to its end by this answer: nobody lets this device in by it any more. */
export function endedAsking(
  { joinings }: Pick<LocalDevice, 'joinings'>,
  { join, groupId, requestId, status }: OutgoingRequest,
): AskingJoin | undefined {
  if (!join || (status !== RequestStatus.REFUSED && status !== RequestStatus.ENDED)) return undefined
  const joining = askingOf({ joinings }, groupId)
  return joining && equalBytes(joining.asking.requestId, requestId) ? joining : undefined
}
