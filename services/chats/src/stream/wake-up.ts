/**
 * What the processes of a split server tell each other over the bus: where to look in PostgreSQL, and what
 * concerns a stream that may be open elsewhere. A wake-up that is lost costs a delay, never an entry.
 *
 * payload = process (8) || kind (1) || records of one length
 */
import { ChatId, DecodeError } from '@veche/protocol'
import { maxBusPayloadBytes } from '@veche/service-kit'
import type { DeviceNumber } from '../append/roster.ts'

export const WAKE_UP_TOPIC = 'chats.wake-up'

export type WakeUp =
  | {
      readonly kind: 'heads'
      readonly heads: readonly { readonly chatId: ChatId; readonly position: bigint }[]
    }
  | { readonly kind: 'inboxes' | 'memberships' | 'replaced'; readonly devices: readonly DeviceNumber[] }
  | { readonly kind: 'renewed'; readonly device: DeviceNumber; readonly expiresAtMs: number }

const KINDS = ['heads', 'inboxes', 'memberships', 'replaced', 'renewed'] as const
const PROCESS_BYTES = 8
const HEADER_BYTES = PROCESS_BYTES + 1
const CHAT_BYTES = 16
const NUMBER_BYTES = 8
const RECORD_BYTES = {
  heads: CHAT_BYTES + NUMBER_BYTES,
  inboxes: 8,
  memberships: 8,
  replaced: 8,
  renewed: 16,
} as const

/** @param process 8 bytes by which a process knows its own. @returns as many payloads as the bus's limit asks for */
export function encodeWakeUp(process: Uint8Array, wakeUp: WakeUp): Uint8Array[] {
  const records = recordsOf(wakeUp)
  const perPayload = Math.floor((maxBusPayloadBytes - HEADER_BYTES) / RECORD_BYTES[wakeUp.kind])
  const header = Buffer.concat([process, Uint8Array.of(KINDS.indexOf(wakeUp.kind))])
  const payloads: Uint8Array[] = []
  for (let from = 0; from < records.length; from += perPayload) {
    payloads.push(Buffer.concat([header, ...records.slice(from, from + perPayload)]))
  }
  return payloads
}

/** Undefined for what this process has sent itself. @throws DecodeError */
export function decodeWakeUp(process: Uint8Array, payload: Uint8Array): WakeUp | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length)
  const kind = KINDS[bytes[PROCESS_BYTES] ?? KINDS.length]
  if (!kind) throw new DecodeError('wake-up: unknown kind')
  if (bytes.subarray(0, PROCESS_BYTES).equals(process)) return undefined
  const length = RECORD_BYTES[kind]
  const body = bytes.subarray(HEADER_BYTES)
  if (body.length === 0 || body.length % length !== 0) throw new DecodeError('wake-up: wrong length')
  const records = Array.from({ length: body.length / length }, (_, index) =>
    body.subarray(index * length, (index + 1) * length),
  )
  return wakeUpOf(kind, records)
}

function recordsOf(wakeUp: WakeUp): Uint8Array[] {
  switch (wakeUp.kind) {
    case 'heads':
      return wakeUp.heads.map(({ chatId, position }) =>
        Buffer.concat([ChatId.toBytes(chatId), number(position)]),
      )
    case 'renewed':
      return [Buffer.concat([number(wakeUp.device), number(BigInt(wakeUp.expiresAtMs))])]
    default:
      return wakeUp.devices.map(number)
  }
}

function wakeUpOf(kind: WakeUp['kind'], records: readonly Buffer[]): WakeUp {
  switch (kind) {
    case 'heads': {
      const headOf = (record: Buffer) => ({
        chatId: ChatId.fromBytes(record.subarray(0, CHAT_BYTES)),
        position: record.readBigUInt64BE(CHAT_BYTES),
      })
      return { kind, heads: records.map(headOf) }
    }
    case 'renewed':
      return {
        kind,
        device: deviceIn(records[0]!),
        expiresAtMs: Number(records[0]!.readBigUInt64BE(NUMBER_BYTES)),
      }
    default:
      return { kind, devices: records.map(deviceIn) }
  }
}

function number(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(NUMBER_BYTES)
  bytes.writeBigUInt64BE(value)
  return bytes
}

function deviceIn(record: Buffer): DeviceNumber {
  return record.readBigUInt64BE() as DeviceNumber
}
