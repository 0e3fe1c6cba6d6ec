/**
 * What a person's devices agree on about one chat: a value that merges, so that it does not matter which device was
 * first. Sealed under the notes key, which only they have: proto/veche/e2ee/v1/marks.proto.
 */
import { create } from '@bufbuild/protobuf'
import {
  AccountId,
  ChatId,
  concatBytes,
  DecodeError,
  decodeMessage,
  encodeMessage,
  equalBytes,
  labelled,
} from '@veche/protocol'
import { type OwnMark, OwnMarkSchema, type Setting } from '@veche/protocol/gen/e2ee/v1/marks_pb.js'
import { open, seal } from './aes-gcm.ts'
import { pad, unpad } from './padding.ts'

const NONCE_BYTES = 12
/** As SetOwnMark takes it. */
const MAX_BYTES = 1024
/** Until for good. */
export const FOR_GOOD = 2n ** 63n - 1n

export interface OwnMarkPlace {
  readonly accountId: AccountId
  readonly chatId: ChatId
}

export const NO_MARK: OwnMark = create(OwnMarkSchema)

/** The greater read position, and of each setting the one that was set later. The order of the two does not matter. */
export function mergeMarks(one: OwnMark, other: OwnMark): OwnMark {
  const muted = later(one.muted, other.muted)
  const pinned = later(one.pinned, other.pinned)
  const readPosition = one.readPosition > other.readPosition ? one.readPosition : other.readPosition
  return create(OwnMarkSchema, { readPosition, ...(muted && { muted }), ...(pinned && { pinned }) })
}

export function isSameMark(one: OwnMark, other: OwnMark): boolean {
  return equalBytes(encodeMessage(OwnMarkSchema, one), encodeMessage(OwnMarkSchema, other))
}

/** Whether a setting holds now. */
export function holds(setting: Setting | undefined, nowMs: number): boolean {
  return setting !== undefined && setting.untilMs > BigInt(nowMs)
}

export async function sealOwnMark(
  notesKey: Uint8Array,
  place: OwnMarkPlace,
  mark: OwnMark,
): Promise<Uint8Array> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const padded = pad(encodeMessage(OwnMarkSchema, mark))
  return concatBytes(nonce, await seal({ key: notesKey, nonce, associatedData: placeBytes(place) }, padded))
}

/** @throws DecodeError */
export async function openOwnMark(
  notesKey: Uint8Array,
  place: OwnMarkPlace,
  sealed: Uint8Array,
): Promise<OwnMark> {
  if (sealed.length > MAX_BYTES) throw new DecodeError('own mark: too long')
  const nonce = sealed.subarray(0, NONCE_BYTES)
  if (nonce.length !== NONCE_BYTES) throw new DecodeError('own mark: too short')
  const parameters = { key: notesKey, nonce, associatedData: placeBytes(place) }
  return decodeMessage(OwnMarkSchema, unpad(await open(parameters, sealed.subarray(NONCE_BYTES))), MAX_BYTES)
}

/** Of two that were set at the same time the one that lasts longer, so that both sides choose the same. */
function later(one: Setting | undefined, other: Setting | undefined): Setting | undefined {
  if (!one || !other) return one ?? other
  if (one.setAtMs !== other.setAtMs) return one.setAtMs > other.setAtMs ? one : other
  return one.untilMs > other.untilMs ? one : other
}

function placeBytes({ accountId, chatId }: OwnMarkPlace): Uint8Array {
  return labelled('veche own mark v1', AccountId.toBytes(accountId), ChatId.toBytes(chatId))
}
