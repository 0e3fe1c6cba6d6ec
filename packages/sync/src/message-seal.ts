/**
 * A message as the delivery service gets it: the content's ciphertext, and an Envelope with its key inside an MLS
 * PrivateMessage. Both directions; opening checks everything that the two halves say of each other.
 */
import { create } from '@bufbuild/protobuf'
import { sha256 } from '@noble/hashes/sha2.js'
import { type Device, encrypt, type Group, type GroupMember, view } from '@veche/mls'
import {
  type ChatId,
  DecodeError,
  decodeMessage,
  encodeMessage,
  equalBytes,
  type MessageId,
  MessageId as MessageIds,
} from '@veche/protocol'
import { type Application, ApplicationSchema, type Entry } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { EnvelopeSchema, type LogDigest, LogDigestSchema } from '@veche/protocol/gen/e2ee/v1/message_pb.js'
import { wrapContentKey } from './archive-key.ts'
import { type Content, decodeContent } from './content.ts'
import { openContent, sealContent } from './content-seal.ts'

const VERSION = 1
/** About 180 in truth. */
const MAX_ENVELOPE_BYTES = 1024

export interface MessageToSeal {
  readonly chatId: ChatId
  readonly messageId: MessageId
  /** Content bytes. */
  readonly content: Uint8Array
  /** The log as this device has processed it. */
  readonly seen: { readonly position: bigint; readonly hash: Uint8Array }
  /** Of the group's present epoch: it wraps the content's key for devices that come later, where the server keeps it. */
  readonly historyKey: Uint8Array | undefined
}

/**
 * @returns what is sent, and the delta that must be stored with it before it is
 * @throws PolicyError when the account may not write; RangeError when the content is too long
 */
export async function sealMessage(
  group: Group,
  device: Device,
  message: MessageToSeal,
): Promise<{ application: Application; delta: Uint8Array }> {
  const { key, ciphertext } = await sealContent(message, message.content, device.signaturePrivateKey)
  const envelope = create(EnvelopeSchema, {
    version: VERSION,
    messageId: MessageIds.toBytes(message.messageId),
    contentKey: key,
    contentHash: sha256(ciphertext),
    seen: create(LogDigestSchema, { ...message.seen, epochDigest: view(group).epochDigest }),
  })
  const sealed = await encrypt(group, device, encodeMessage(EnvelopeSchema, envelope), new Uint8Array())
  const application = create(ApplicationSchema, {
    mlsMessage: sealed.message,
    contentCiphertext: ciphertext,
    ...(message.historyKey && { wrappedKey: await wrapContentKey(message, message.historyKey, key) }),
  })
  return { application, delta: sealed.delta }
}

export interface OpenedMessage {
  readonly content: Content
  /** Content bytes. */
  readonly bytes: Uint8Array
  readonly seen: LogDigest
}

/**
 * @param envelope what MLS decrypted, and `sender` the leaf it came from
 * @throws DecodeError when anything is malformed or contradicts anything else
 */
export async function openMessage(
  chatId: ChatId,
  entry: Entry,
  envelope: Uint8Array,
  sender: GroupMember,
): Promise<OpenedMessage> {
  const { version, messageId, contentKey, contentHash, seen } = decodeMessage(
    EnvelopeSchema,
    envelope,
    MAX_ENVELOPE_BYTES,
  )
  if (version !== VERSION) throw new DecodeError('envelope: unknown version')
  if (contentKey.length !== 32) throw new DecodeError('envelope: its key has not 32 bytes')
  if (seen?.hash.length !== 32 || seen.epochDigest.length !== 32) throw new DecodeError('envelope: no digest')
  if (!equalBytes(messageId, entry.messageId)) throw new DecodeError('envelope: of another message')
  if (!equalBytes(contentHash, sha256(entry.contentCiphertext))) {
    throw new DecodeError('envelope: its content is another')
  }
  const place = { chatId, messageId: MessageIds.fromBytes(messageId) }
  const bytes = await openContent(place, contentKey, entry.contentCiphertext, sender.signatureKey)
  const content = decodeContent(bytes)
  if (content.messageId !== place.messageId || content.chatId !== chatId) {
    throw new DecodeError('content: of another place')
  }
  if (content.accountId !== sender.accountId || content.deviceId !== sender.deviceId) {
    throw new DecodeError('content: of another sender')
  }
  return { content, bytes, seen }
}
