import { bytesToHex } from '@noble/hashes/utils.js'
import { DecodeError } from '@veche/protocol'
import { expect, test } from 'vitest'
import { createLinkingSeed, formatLinkingCode, parseLinkingCode } from './linking-code.ts'
import {
  createEphemeralKey,
  digitsOf,
  linkingOf,
  openAnswer,
  openOffer,
  sealAnswer,
  sealOffer,
} from './linking-seal.ts'

const SEED = Uint8Array.from({ length: 16 }, (_, index) => index)
const CODE = 'veche-linking:aeaacaqdaqcqmbyibefawdanbyhuz3c4'
const content = {
  loginToken: new Uint8Array(32).fill(1),
  accountId: new Uint8Array(32).fill(2),
  accountSecret: new Uint8Array(32).fill(3),
  handle: 'alice',
  serverIdentityKey: new Uint8Array(32).fill(4),
}

test('the code, the id and the digits are those of the specification', async () => {
  expect(formatLinkingCode(SEED)).toBe(CODE)
  expect(parseLinkingCode(CODE)).toEqual(SEED)
  expect(parseLinkingCode(` ${CODE.toUpperCase()} `)).toEqual(SEED)
  const linking = linkingOf(SEED)
  expect(bytesToHex(linking.id)).toBe('2591a6b06f3d8c22b6b823d8110fcfa4')
  expect(await digitsOf(linking, new Uint8Array(32).fill(1))).toBe('123895')
})

test('a code with any other character, shorter or longer, is none', () => {
  const start = 'veche-linking:'.length
  for (let at = 0; at < CODE.length; at++) {
    const other = CODE[at] === 'b' ? 'c' : 'b'
    const changed = CODE.slice(0, at) + other + CODE.slice(at + 1)
    expect(() => parseLinkingCode(changed), changed).toThrow(DecodeError)
    if (at >= start) expect(() => parseLinkingCode(CODE.slice(0, at))).toThrow(DecodeError)
  }
  for (const text of ['', CODE.slice(start), `${CODE}a`, `${CODE}=`, 'x'.repeat(100_000)])
    expect(() => parseLinkingCode(text)).toThrow(DecodeError)
})

test('what is sealed is opened with the code and the key alone', async () => {
  const linking = linkingOf(createLinkingSeed())
  const key = await createEphemeralKey()
  const offer = await sealOffer(linking, key.publicKey)
  expect(await openOffer(linking, offer)).toEqual(key.publicKey)
  const answer = await sealAnswer(linking, key.publicKey, content)
  expect(await openAnswer(linking, key, answer)).toMatchObject(content)
  expect([offer.length, answer.length]).toEqual([64, expect.any(Number)])

  const otherCode = linkingOf(createLinkingSeed())
  await expect(openOffer(otherCode, offer)).rejects.toThrow(DecodeError)
  await expect(openAnswer(otherCode, key, answer)).rejects.toThrow(DecodeError)
  await expect(openAnswer(linking, await createEphemeralKey(), answer)).rejects.toThrow(DecodeError)
  await expect(openOffer(linking, answer)).rejects.toThrow(DecodeError)
  await expect(openAnswer(linking, key, offer)).rejects.toThrow(DecodeError)
})

test('a changed bit, a cut or more makes neither an offer nor an answer, with one declared error', async () => {
  const linking = linkingOf(createLinkingSeed())
  const key = await createEphemeralKey()
  const offer = await sealOffer(linking, key.publicKey)
  const answer = await sealAnswer(linking, key.publicKey, content)
  for (const [bytes, open] of [
    [offer, (changed: Uint8Array) => openOffer(linking, changed)],
    [answer, (changed: Uint8Array) => openAnswer(linking, key, changed)],
  ] as const) {
    for (let at = 0; at < bytes.length; at++) {
      await expect(open(bytes.with(at, bytes[at]! ^ (1 << (at % 8))))).rejects.toThrow(DecodeError)
      await expect(open(bytes.subarray(0, at))).rejects.toThrow(DecodeError)
    }
    await expect(open(new Uint8Array([...bytes, 0]))).rejects.toThrow(DecodeError)
    await expect(open(new Uint8Array(100_000))).rejects.toThrow(DecodeError)
  }
})
