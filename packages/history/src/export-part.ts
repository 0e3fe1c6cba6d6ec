/** The parts that an exported file is made of, and their one spelling. */
import { create } from '@bufbuild/protobuf'
import { AccountId, ChatId, DecodeError, decodeCanonical, encodeMessage } from '@veche/protocol'
import {
  type ExportEnd,
  type ExportedChat,
  ExportPartSchema,
} from '@veche/protocol/gen/local/v1/export_pb.js'
import { EntryBatchSchema } from '@veche/protocol/gen/local/v1/history_pb.js'
import { MAX_PART_BYTES } from './export-seal.ts'
import { fromMessage, type HistoryEntry, toMessage } from './history-entry.ts'

/** As every service bounds what people are called. */
const MAX_HANDLE_UNITS = 64
const MAX_NAME_UNITS = 128

export type ExportPart =
  | { readonly kind: 'start'; readonly accountId: AccountId }
  | ({ readonly kind: 'chat' } & ChatHeading)
  /** Of the chat before them: by ascending position, one at least. */
  | { readonly kind: 'messages'; readonly entries: readonly HistoryEntry[] }
  | ({ readonly kind: 'end' } & Ending)

export interface ChatHeading {
  readonly chatId: ChatId
  /** What it is called for people: of the peer, when the file was written. */
  readonly handle: string
  readonly name: string
}

export interface Ending extends Authorship {
  readonly chats: number
  readonly messages: number
}

/** Which device has written a file: its word, to be verified by who knows the account. */
export interface Authorship {
  /** DeviceCertificate bytes. */
  readonly certificate: Uint8Array
  /** 32 bytes: what the certificate is about. */
  readonly signatureKey: Uint8Array
  /** 64 bytes. */
  readonly signature: Uint8Array
}

/** @throws RangeError when what a chat is called is longer than it can be */
export function encodePart(part: ExportPart): Uint8Array {
  if (part.kind === 'chat' && !isShort(part)) throw new RangeError('what a chat is called is short')
  return encodeMessage(ExportPartSchema, create(ExportPartSchema, { part: toWire(part) }))
}

/** @throws DecodeError */
export function decodePart(bytes: Uint8Array): ExportPart {
  const { part } = decodeCanonical(ExportPartSchema, bytes, MAX_PART_BYTES)
  switch (part.case) {
    case 'start':
      return { kind: 'start', accountId: AccountId.fromBytes(part.value.accountId) }
    case 'chat':
      return fromChat(part.value)
    case 'messages':
      return { kind: 'messages', entries: ensureOrder(part.value.entries.map(fromMessage)) }
    case 'end':
      return fromEnd(part.value)
    default:
      throw new DecodeError('exported history: a part of a kind that is not known here')
  }
}

function toWire(part: ExportPart) {
  switch (part.kind) {
    case 'start':
      return { case: 'start' as const, value: { accountId: AccountId.toBytes(part.accountId) } }
    case 'chat': {
      const { chatId, handle, name } = part
      return { case: 'chat' as const, value: { chatId: ChatId.toBytes(chatId), handle, name } }
    }
    case 'messages': {
      const entries = part.entries.map(toMessage)
      return { case: 'messages' as const, value: create(EntryBatchSchema, { entries }) }
    }
    case 'end': {
      const { kind: _, messages, ...ending } = part
      return { case: 'end' as const, value: { ...ending, messages: BigInt(messages) } }
    }
    default:
      return part satisfies never
  }
}

function fromChat({ chatId, handle, name }: ExportedChat): ExportPart {
  if (!isShort({ handle, name })) throw new DecodeError('exported history: a name is too long')
  return { kind: 'chat', chatId: ChatId.fromBytes(chatId), handle, name }
}

function fromEnd({ chats, messages, certificate, signatureKey, signature }: ExportEnd): ExportPart {
  if (signatureKey.length !== 32 || signature.length !== 64) {
    throw new DecodeError('exported history: no signature')
  }
  const count = Number(messages)
  if (!Number.isSafeInteger(count)) throw new DecodeError('exported history: more messages than there can be')
  return { kind: 'end', chats, messages: count, certificate, signatureKey, signature }
}

function ensureOrder(entries: readonly HistoryEntry[]): readonly HistoryEntry[] {
  if (entries.length === 0) throw new DecodeError('exported history: a part without messages')
  let before = 0n
  for (const { position } of entries) {
    if (position <= before) throw new DecodeError('exported history: messages out of order')
    before = position
  }
  return entries
}

function isShort({ handle, name }: Pick<ChatHeading, 'handle' | 'name'>): boolean {
  return handle.length <= MAX_HANDLE_UNITS && name.length <= MAX_NAME_UNITS
}
