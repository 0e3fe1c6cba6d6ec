/**
 * How what stands beside the logs reaches the streams of other processes. What is lost on the way is lost: read marks
 * and positions come again with the next stream.
 *
 * payload = process (8) || kind (1) || rest
 *   delivered          records of chat (16) || account (32) || position (8)
 *   own-marks          account (32) || device number (8)
 *   read-mark, signal  chat (16) || account (32) || device (16) || sealed
 */
import { AccountId, ChatId, DecodeError, DeviceId } from '@veche/protocol'
import { maxBusPayloadBytes } from '@veche/service-kit'
import type { DeviceNumber } from '../append/roster.ts'
import type { Signal } from './signal-queue.ts'

export const SIGNALS_TOPIC = 'chats.signals'

export type Beside =
  | Signal
  | { readonly kind: 'delivered'; readonly delivered: readonly DeliveredTo[] }
  | { readonly kind: 'own-marks'; readonly accountId: AccountId; readonly setBy: DeviceNumber }

/** A device of `accountId` has stored a private chat up to a position. */
export interface DeliveredTo {
  readonly chatId: ChatId
  readonly accountId: AccountId
  readonly position: bigint
}

const KINDS = ['delivered', 'own-marks', 'read-mark', 'signal'] as const
const PROCESS_BYTES = 8
const HEADER_BYTES = PROCESS_BYTES + 1
const CHAT_BYTES = ChatId.bytes
const ACCOUNT_BYTES = AccountId.bytes
const DEVICE_BYTES = DeviceId.bytes
const NUMBER_BYTES = 8
const DELIVERED_BYTES = CHAT_BYTES + ACCOUNT_BYTES + NUMBER_BYTES
const SENDER_END = CHAT_BYTES + ACCOUNT_BYTES + DEVICE_BYTES

/** @param process 8 bytes by which a process knows its own. @returns as many payloads as the bus's limit asks for */
export function encodeBeside(process: Uint8Array, beside: Beside): Uint8Array[] {
  const header = Buffer.concat([process, Uint8Array.of(KINDS.indexOf(beside.kind))])
  return bodiesOf(beside).map((body) => Buffer.concat([header, body]))
}

/** Undefined for what this process has sent itself. @throws DecodeError */
export function decodeBeside(process: Uint8Array, payload: Uint8Array): Beside | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length)
  const kind = KINDS[bytes[PROCESS_BYTES] ?? KINDS.length]
  if (!kind) throw new DecodeError('signal: unknown kind')
  if (bytes.subarray(0, PROCESS_BYTES).equals(process)) return undefined
  return besideOf(kind, bytes.subarray(HEADER_BYTES))
}

function bodiesOf(beside: Beside): Uint8Array[] {
  switch (beside.kind) {
    case 'delivered':
      return packed(beside.delivered)
    case 'own-marks':
      return [Buffer.concat([AccountId.toBytes(beside.accountId), number(beside.setBy)])]
    default: {
      const { chatId, sender, sealed } = beside
      const ids = [
        ChatId.toBytes(chatId),
        AccountId.toBytes(sender.accountId),
        DeviceId.toBytes(sender.deviceId),
      ]
      return [Buffer.concat([...ids, sealed])]
    }
  }
}

function packed(delivered: readonly DeliveredTo[]): Uint8Array[] {
  const records = delivered.map(({ chatId, accountId, position }) =>
    Buffer.concat([ChatId.toBytes(chatId), AccountId.toBytes(accountId), number(position)]),
  )
  const perPayload = Math.floor((maxBusPayloadBytes - HEADER_BYTES) / DELIVERED_BYTES)
  const bodies: Uint8Array[] = []
  for (let from = 0; from < records.length; from += perPayload) {
    bodies.push(Buffer.concat(records.slice(from, from + perPayload)))
  }
  return bodies
}

function besideOf(kind: Beside['kind'], body: Buffer): Beside {
  switch (kind) {
    case 'delivered':
      return { kind, delivered: recordsIn(body).map(deliveredIn) }
    case 'own-marks': {
      if (body.length !== ACCOUNT_BYTES + NUMBER_BYTES) throw new DecodeError('signal: wrong length')
      const setBy = body.readBigUInt64BE(ACCOUNT_BYTES) as DeviceNumber
      return { kind, accountId: AccountId.fromBytes(body.subarray(0, ACCOUNT_BYTES)), setBy }
    }
    default: {
      if (body.length <= SENDER_END) throw new DecodeError('signal: too short')
      const accountId = AccountId.fromBytes(body.subarray(CHAT_BYTES, CHAT_BYTES + ACCOUNT_BYTES))
      const deviceId = DeviceId.fromBytes(body.subarray(CHAT_BYTES + ACCOUNT_BYTES, SENDER_END))
      const chatId = ChatId.fromBytes(body.subarray(0, CHAT_BYTES))
      return { kind, chatId, sender: { accountId, deviceId }, sealed: body.subarray(SENDER_END) }
    }
  }
}

function recordsIn(body: Buffer): Buffer[] {
  if (body.length === 0 || body.length % DELIVERED_BYTES !== 0) throw new DecodeError('signal: wrong length')
  return Array.from({ length: body.length / DELIVERED_BYTES }, (_, index) =>
    body.subarray(index * DELIVERED_BYTES, (index + 1) * DELIVERED_BYTES),
  )
}

function deliveredIn(record: Buffer): DeliveredTo {
  return {
    chatId: ChatId.fromBytes(record.subarray(0, CHAT_BYTES)),
    accountId: AccountId.fromBytes(record.subarray(CHAT_BYTES, CHAT_BYTES + ACCOUNT_BYTES)),
    position: record.readBigUInt64BE(CHAT_BYTES + ACCOUNT_BYTES),
  }
}

function number(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(NUMBER_BYTES)
  bytes.writeBigUInt64BE(value)
  return bytes
}
