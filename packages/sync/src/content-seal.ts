/**
 * Encrypts a content once, under a key of its own that only the MLS message carries:
 *
 *   Content -> SignedContent -> padded -> AES-256-GCM under a fresh key -> content_ciphertext
 *
 * Formats: proto/veche/e2ee/v1/message.proto.
 */
import { create } from '@bufbuild/protobuf'
import {
  ChatId,
  DecodeError,
  decodeMessage,
  encodeMessage,
  isSignedBy,
  labelled,
  MessageId,
  sign,
} from '@veche/protocol'
import { SignedContentSchema } from '@veche/protocol/gen/e2ee/v1/message_pb.js'
import { type AesGcm, open, seal, TAG_BYTES } from './aes-gcm.ts'
import { LARGEST_BYTES, pad, unpad } from './padding.ts'

/** Each key encrypts one text and no other. */
const NONCE = new Uint8Array(12)

export interface ContentPlace {
  readonly chatId: ChatId
  readonly messageId: MessageId
}

/** @throws RangeError when the content is too long to be padded */
export async function sealContent(
  place: ContentPlace,
  content: Uint8Array,
  signaturePrivateKey: Uint8Array,
): Promise<{ key: Uint8Array; ciphertext: Uint8Array }> {
  const signature = await sign(signaturePrivateKey, labelled('veche content v1', content))
  const signed = encodeMessage(SignedContentSchema, create(SignedContentSchema, { content, signature }))
  const key = crypto.getRandomValues(new Uint8Array(32))
  return { key, ciphertext: await seal(parametersOf(key, place), pad(signed)) }
}

/**
 * @param signatureKey of the leaf that sent the message
 * @returns Content bytes
 * @throws DecodeError unless the device signed exactly this content
 */
export async function openContent(
  place: ContentPlace,
  key: Uint8Array,
  ciphertext: Uint8Array,
  signatureKey: Uint8Array,
): Promise<Uint8Array> {
  if (ciphertext.length > LARGEST_BYTES + TAG_BYTES) throw new DecodeError('content: too long')
  const signed = unpad(await open(parametersOf(key, place), ciphertext))
  const { content, signature } = decodeMessage(SignedContentSchema, signed, LARGEST_BYTES)
  if (!(await isSignedBy(signatureKey, labelled('veche content v1', content), signature))) {
    throw new DecodeError('content: not signed by the device that sent it')
  }
  return content
}

function parametersOf(key: Uint8Array, { chatId, messageId }: ContentPlace): AesGcm {
  const associatedData = labelled('veche content v1', ChatId.toBytes(chatId), MessageId.toBytes(messageId))
  return { key, nonce: NONCE, associatedData }
}
