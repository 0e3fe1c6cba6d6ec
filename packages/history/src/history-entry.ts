/** One message as people read it again, and the form of several in a block. */
import { create } from '@bufbuild/protobuf'
import { AccountId, DecodeError, DeviceId, decodeMessage, encodeMessage, MessageId } from '@veche/protocol'
import { type Entry, EntryBatchSchema } from '@veche/protocol/gen/local/v1/history_pb.js'
import { MAX_BLOCK_BYTES } from './sealed-file.ts'

export interface HistoryEntry {
  /** In the chat's log, from 1. */
  readonly position: bigint
  readonly messageId: MessageId
  /** The sender's. */
  readonly accountId: AccountId
  readonly deviceId: DeviceId
  /** Milliseconds since 1970 by the sender's clock. */
  readonly sentAtMs: number
  /** Milliseconds since 1970 by this device's clock. */
  readonly receivedAtMs: number
  /** A veche.e2ee.v1.Content. */
  readonly content: Uint8Array
}

export function encodeBatch(entries: readonly HistoryEntry[]): Uint8Array {
  return encodeMessage(EntryBatchSchema, create(EntryBatchSchema, { entries: entries.map(toMessage) }))
}

/** @throws DecodeError */
export function decodeBatch(bytes: Uint8Array): HistoryEntry[] {
  return decodeMessage(EntryBatchSchema, bytes, MAX_BLOCK_BYTES).entries.map(fromMessage)
}

export function toMessage(entry: HistoryEntry) {
  return {
    position: entry.position,
    messageId: MessageId.toBytes(entry.messageId),
    accountId: AccountId.toBytes(entry.accountId),
    deviceId: DeviceId.toBytes(entry.deviceId),
    sentAtMs: BigInt(entry.sentAtMs),
    receivedAtMs: BigInt(entry.receivedAtMs),
    content: entry.content,
  }
}

export function fromMessage(message: Entry): HistoryEntry {
  return {
    position: message.position,
    messageId: MessageId.fromBytes(message.messageId),
    accountId: AccountId.fromBytes(message.accountId),
    deviceId: DeviceId.fromBytes(message.deviceId),
    sentAtMs: toSafeNumber(message.sentAtMs),
    receivedAtMs: toSafeNumber(message.receivedAtMs),
    content: message.content,
  }
}

function toSafeNumber(value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new DecodeError('history entry: a time out of range')
  return number
}
