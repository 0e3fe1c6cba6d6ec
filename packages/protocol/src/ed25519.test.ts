import { expect, test } from 'vitest'
import { isSignedBy, keyPairFromSeed, newKeyPair, sign } from './index.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))

test('the third vector of RFC 8032 section 7.1', async () => {
  const seed = hex('c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7')
  const { publicKey } = await keyPairFromSeed(seed)
  expect(publicKey).toEqual(hex('fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025'))
  const signature = await sign(seed, hex('af82'))
  expect(signature).toEqual(
    hex(
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ),
  )
  expect(await isSignedBy(publicKey, hex('af82'), signature)).toBe(true)
})

test('another message, key or signature is refused, and so is what is none', async () => {
  const { privateKey, publicKey } = await newKeyPair()
  const { publicKey: other } = await newKeyPair()
  const message = Uint8Array.of(1, 2, 3)
  const signature = await sign(privateKey, message)
  expect(await isSignedBy(publicKey, message, signature)).toBe(true)
  expect(await isSignedBy(publicKey, Uint8Array.of(1, 2, 4), signature)).toBe(false)
  expect(await isSignedBy(other, message, signature)).toBe(false)
  for (let at = 0; at < 64; at++) {
    expect(await isSignedBy(publicKey, message, signature.with(at, signature[at]! ^ 1))).toBe(false)
  }
  for (const length of [0, 31, 33])
    expect(await isSignedBy(new Uint8Array(length), message, signature)).toBe(false)
  expect(await isSignedBy(publicKey, message, new Uint8Array())).toBe(false)
})
