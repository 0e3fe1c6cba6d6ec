import { randomBytes } from 'node:crypto'
import { ChatId, DecodeError, randomId } from '@veche/protocol'
import { maxBusPayloadBytes } from '@veche/service-kit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DeviceNumber } from '../append/roster.ts'
import { decodeWakeUp, encodeWakeUp, type WakeUp } from './wake-up.ts'

const here = randomBytes(8)
const there = randomBytes(8)
const devices = [1n, 2n ** 63n - 1n] as DeviceNumber[]

const wakeUps: readonly WakeUp[] = [
  { kind: 'heads', heads: [{ chatId: randomId(ChatId), position: 9n }] },
  { kind: 'inboxes', devices },
  { kind: 'memberships', devices },
  { kind: 'replaced', devices },
  { kind: 'renewed', device: devices[0]!, expiresAtMs: 1_800_000_000_000 },
]

test('a wake-up says elsewhere what it said here, and nothing to its own process', () => {
  for (const wakeUp of wakeUps) {
    const [payload] = encodeWakeUp(here, wakeUp)
    expect(decodeWakeUp(there, payload!)).toEqual(wakeUp)
    expect(decodeWakeUp(here, payload!)).toBeUndefined()
  }
})

test('many chats are told in as many payloads as the bus asks for', () => {
  const heads = Array.from({ length: 1000 }, (_, index) => ({
    chatId: randomId(ChatId),
    position: BigInt(index),
  }))
  const payloads = encodeWakeUp(here, { kind: 'heads', heads })
  expect(Math.max(...payloads.map(({ length }) => length))).toBeLessThanOrEqual(maxBusPayloadBytes)
  const told = payloads.map((payload) => decodeWakeUp(there, payload) as WakeUp & { kind: 'heads' })
  expect(told.flatMap((wakeUp) => wakeUp.heads)).toEqual(heads)
})

test('any bytes are a wake-up or a DecodeError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        const wakeUp = decodeWakeUp(here, bytes)
        expect(wakeUp && encodeWakeUp(bytes.subarray(0, 8), wakeUp)[0]).toEqual(wakeUp && Buffer.from(bytes))
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError)
      }
    }),
    { numRuns: 2000 },
  )
})
