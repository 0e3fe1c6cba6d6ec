import { randomBytes } from 'node:crypto'
import { AccountId, ChatId, DecodeError, DeviceId, randomId } from '@veche/protocol'
import { maxBusPayloadBytes } from '@veche/service-kit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DeviceNumber } from '../append/roster.ts'
import { type Beside, decodeBeside, encodeBeside } from './signal-wire.ts'

const here = randomBytes(8)
const there = randomBytes(8)
const [chatId, accountId] = [randomId(ChatId), AccountId.fromBytes(randomBytes(32))]
const sender = { accountId, deviceId: randomId(DeviceId) }

const all: readonly Beside[] = [
  { kind: 'delivered', delivered: [{ chatId, accountId, position: 9n }] },
  { kind: 'own-marks', accountId, setBy: (2n ** 63n - 1n) as DeviceNumber },
  { kind: 'read-mark', chatId, sender, sealed: randomBytes(1) },
  { kind: 'signal', chatId, sender, sealed: randomBytes(512) },
]

test('it says elsewhere what it said here, and nothing to its own process', () => {
  for (const beside of all) {
    const [payload] = encodeBeside(here, beside)
    expect(decodeBeside(there, payload!)).toEqual(beside)
    expect(decodeBeside(here, payload!)).toBeUndefined()
  }
})

test('many positions are told in as many payloads as the bus asks for', () => {
  const delivered = Array.from({ length: 1000 }, (_, index) => ({
    chatId: randomId(ChatId),
    accountId,
    position: BigInt(index),
  }))
  const payloads = encodeBeside(here, { kind: 'delivered', delivered })
  expect(Math.max(...payloads.map(({ length }) => length))).toBeLessThanOrEqual(maxBusPayloadBytes)
  const told = payloads.map((payload) => decodeBeside(there, payload) as Beside & { kind: 'delivered' })
  expect(told.flatMap((beside) => beside.delivered)).toEqual(delivered)
})

test('any bytes are something of it or a DecodeError', () => {
  const payloads = fc
    .tuple(fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.nat(4), fc.uint8Array({ maxLength: 140 }))
    .map(([process, kind, body]) => Buffer.concat([process, Uint8Array.of(kind), body]))
  fc.assert(
    fc.property(fc.oneof(payloads, fc.uint8Array({ maxLength: 12 })), (bytes) => {
      try {
        const beside = decodeBeside(here, bytes)
        expect(beside && encodeBeside(bytes.subarray(0, 8), beside)[0]).toEqual(beside && Buffer.from(bytes))
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError)
      }
    }),
    { numRuns: 2000 },
  )
})
