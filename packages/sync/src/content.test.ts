import {
  AccountId,
  ChatId,
  DecodeError,
  DeviceId,
  keyPairFromSeed,
  MessageId,
  newKeyPair,
  randomId,
} from '@veche/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unwrapContentKey, wrapContentKey } from './archive-key.ts'
import { decodeRecord, decodeSnapshot } from './chat-record.ts'
import { decodeContent, encodeText, isText } from './content.ts'
import { openContent, sealContent } from './content-seal.ts'
import { replayDevice } from './local-device.ts'
import { pad, unpad } from './padding.ts'

const seed = Number(process.env.VECHE_SEED ?? Date.now())
const place = { chatId: randomId(ChatId), messageId: randomId(MessageId) }
const sender = {
  accountId: AccountId.fromBytes(new Uint8Array(32)),
  deviceId: randomId(DeviceId),
  sentAtMs: 5,
}

test('a text comes back as it was written', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme', maxLength: 300 }), (text) => {
      const content = decodeContent(encodeText({ ...place, ...sender }, text))
      expect(content).toEqual({ ...place, ...sender, body: { kind: 'text', text } })
    }),
    { seed },
  )
})

test('a text has 1 to 16,000 characters, counted as people count them', () => {
  expect(isText('')).toBe(false)
  expect(isText('я'.repeat(16_000))).toBe(true)
  expect(isText('я'.repeat(16_001))).toBe(false)
  expect(isText('🌾'.repeat(16_000))).toBe(true)
  expect(isText('🌾'.repeat(16_001))).toBe(false)
  expect(isText('\ud800')).toBe(false)
  expect(() => encodeText({ ...place, ...sender }, '')).toThrow(RangeError)
})

test('B9: 10,000 random texts have at most 12 sizes, and each comes back', () => {
  const sizes = new Set<number>()
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40_000 }), (length) => {
      const bytes = new Uint8Array(length).fill(length)
      const padded = pad(bytes)
      sizes.add(padded.length)
      expect(unpad(padded).length).toBe(length)
    }),
    { seed, numRuns: 10_000 },
  )
  sizes.add(pad(new Uint8Array(131_071)).length)
  expect(sizes.size).toBeLessThanOrEqual(12)
})

test('padding that `pad` does not make is refused', () => {
  const padded = pad(new Uint8Array(10))
  const wrong = [
    new Uint8Array(256),
    padded.subarray(1),
    new Uint8Array(0),
    pad(new Uint8Array(300)).fill(0, 20),
    padded.with(255, 1),
    new Uint8Array(262_144).with(262_000, 0x80),
    new Uint8Array(1024).with(10, 0x80),
  ]
  for (const bytes of wrong) expect(() => unpad(bytes)).toThrow(DecodeError)
})

test('a sealed content opens at its own place, with its own key, for its own signer', async () => {
  const key = crypto.getRandomValues(new Uint8Array(32))
  const signer = (await keyPairFromSeed(key)).publicKey
  const content = encodeText({ ...place, ...sender }, 'hello')
  const sealed = await sealContent(place, content, key)
  expect(await openContent(place, sealed.key, sealed.ciphertext, signer)).toEqual(content)
  const elsewhere = { ...place, messageId: randomId(MessageId) }
  const { publicKey: other } = await newKeyPair()
  const attempts = [
    () => openContent(elsewhere, sealed.key, sealed.ciphertext, signer),
    () => openContent(place, new Uint8Array(32), sealed.ciphertext, signer),
    () => openContent(place, sealed.key, sealed.ciphertext, other),
    () => openContent(place, sealed.key, sealed.ciphertext, new Uint8Array(5)),
    () => openContent(place, sealed.key, new Uint8Array(300_000), signer),
  ]
  for (const attempt of attempts) await expect(attempt()).rejects.toThrow(DecodeError)
})

test('a wrapped content key opens in its own place and under its own history key', async () => {
  const [historyKey, contentKey] = [crypto.getRandomValues(new Uint8Array(32)), new Uint8Array(32).fill(3)]
  const wrapped = await wrapContentKey(place, historyKey, contentKey)
  expect(wrapped).toHaveLength(60)
  expect(await unwrapContentKey(place, historyKey, wrapped)).toEqual(contentKey)
  const elsewhere = { ...place, chatId: randomId(ChatId) }
  await expect(unwrapContentKey(elsewhere, historyKey, wrapped)).rejects.toThrow(DecodeError)
  await expect(unwrapContentKey(place, new Uint8Array(32), wrapped)).rejects.toThrow(DecodeError)
  await expect(unwrapContentKey(place, historyKey, wrapped.subarray(1))).rejects.toThrow(DecodeError)
})

test('every decoder answers random bytes with a value or its declared error', async () => {
  const decoders: ((bytes: Uint8Array) => unknown)[] = [
    decodeContent,
    unpad,
    decodeRecord,
    decodeSnapshot,
    (bytes) => replayDevice(bytes, [bytes]),
    (bytes) => openContent(place, new Uint8Array(32), bytes, bytes),
    (bytes) => unwrapContentKey(place, new Uint8Array(32), bytes),
  ]
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => {
      for (const decode of decoders) {
        try {
          await decode(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
        }
      }
    }),
    { seed, numRuns: 500 },
  )
})

test('contents that break a bound are refused', async () => {
  const { create, toBinary } = await import('@bufbuild/protobuf')
  const { ContentSchema } = await import('@veche/protocol/gen/e2ee/v1/message_pb.js')
  const good = {
    messageId: new Uint8Array(16),
    chatId: new Uint8Array(16),
    accountId: new Uint8Array(32),
    deviceId: new Uint8Array(16),
  }
  const encode = (fields: Parameters<typeof create<typeof ContentSchema>>[1]) =>
    toBinary(ContentSchema, create(ContentSchema, { ...good, ...fields }))
  const text = (value: object) => ({ body: { case: 'text', value: { text: 'x', ...value } } }) as const
  expect(decodeContent(encode({})).body).toEqual({ kind: 'unknown' })
  const wrong = [
    encode({ sentAtMs: 2n ** 60n }),
    encode({ messageId: new Uint8Array(15) }),
    encode(text({ text: '' })),
    encode(text({ replyTo: new Uint8Array(3) })),
    encode(text({ mentions: [new Uint8Array(3)] })),
    encode(text({ mentions: Array.from({ length: 51 }, () => new Uint8Array(32)) })),
  ]
  for (const bytes of wrong) expect(() => decodeContent(bytes)).toThrow(DecodeError)
})
