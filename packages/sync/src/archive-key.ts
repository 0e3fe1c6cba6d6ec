/**
 * How devices that come later read the archive: beside each message its content key, wrapped under the history key
 * of the epoch, which is an MLS exporter secret (RFC 9420 section 8.5).
 */
import { exportSecret, type Group } from '@veche/mls'
import { ChatId, concatBytes, DecodeError, labelled, MessageId } from '@veche/protocol'
import { open, seal } from './aes-gcm.ts'
import type { ContentPlace } from './content-seal.ts'

const NONCE_BYTES = 12
const WRAPPED_BYTES = 60

/** The history key of the group's present epoch, 32 bytes. */
export function historyKeyOf(group: Group): Promise<Uint8Array> {
  return exportSecret(group, 'veche history key v1', new Uint8Array(), 32)
}

/** @returns nonce (12) || AES-256-GCM of the content key, 60 bytes */
export async function wrapContentKey(
  place: ContentPlace,
  historyKey: Uint8Array,
  contentKey: Uint8Array,
): Promise<Uint8Array> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  return concatBytes(
    nonce,
    await seal({ key: historyKey, nonce, associatedData: placeBytes(place) }, contentKey),
  )
}

/** @throws DecodeError */
export async function unwrapContentKey(
  place: ContentPlace,
  historyKey: Uint8Array,
  wrapped: Uint8Array,
): Promise<Uint8Array> {
  if (wrapped.length !== WRAPPED_BYTES) throw new DecodeError(`wrapped key: not ${WRAPPED_BYTES} bytes`)
  const nonce = wrapped.subarray(0, NONCE_BYTES)
  const parameters = { key: historyKey, nonce, associatedData: placeBytes(place) }
  return open(parameters, wrapped.subarray(NONCE_BYTES))
}

function placeBytes({ chatId, messageId }: ContentPlace): Uint8Array {
  return labelled('veche history key wrap v1', ChatId.toBytes(chatId), MessageId.toBytes(messageId))
}
