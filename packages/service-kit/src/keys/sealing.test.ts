import { DecodeError, utf8 } from '@veche/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MissingMasterKeyError } from './key-ring.ts'
import { MasterKeys } from './master-keys.ts'
import { dataKeyIdOf, firstDataKeyId, Sealing, sealedOverheadBytes } from './sealing.ts'

const [oldKey, newKey] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
const sealing = new Sealing(oldKey)
const chat = utf8('chat 1')
const made = sealing.newDataKey('chat log', chat)
const key = sealing.openDataKey(made, made.wrapped)

test('M15: what is sealed opens, and only where it belongs', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), fc.uint8Array(), (bytes, aad) => {
      const sealed = sealing.seal(key, aad, bytes)
      expect(sealed.length).toBe(bytes.length + sealedOverheadBytes)
      expect(sealing.open(key, aad, sealed)).toEqual(Uint8Array.from(bytes))
      expect(() => sealing.open(key, utf8(`not ${aad.length}`), sealed)).toThrow(DecodeError)
    }),
  )
})

test('any changed bit, cut or version is refused', () => {
  const sealed = sealing.seal(key, chat, utf8('hello'))
  for (const changed of mutationsOf(sealed)) {
    expect(() => sealing.open(key, chat, changed)).toThrow(DecodeError)
  }
  for (const changed of mutationsOf(made.wrapped)) {
    expect(() => sealing.openDataKey(made, changed)).toThrow()
  }
})

test('the same bytes are never sealed alike', () => {
  const sealed = Array.from({ length: 100 }, () => Buffer.from(sealing.seal(key, chat, chat)).toString('hex'))
  expect(new Set(sealed).size).toBe(100)
})

test('a data key opens under its own purpose, owner, id and master key alone', () => {
  expect(new Sealing(oldKey).openDataKey(made, made.wrapped)).toEqual(key)
  for (const other of [{ purpose: 'account' }, { owner: utf8('chat 2') }, { id: firstDataKeyId }]) {
    expect(() => sealing.openDataKey({ ...made, ...other }, made.wrapped)).toThrow(DecodeError)
  }
  expect(() => new Sealing(newKey).openDataKey(made, made.wrapped)).toThrow(MissingMasterKeyError)
  expect(() => new Sealing(new Uint8Array(31))).toThrow(TypeError)
})

test('F27: both master keys open while both are in the ring, and the old one alone opens nothing afterwards', () => {
  const both = new Sealing(MasterKeys.of(newKey, oldKey))
  expect(both.openDataKey(made, made.wrapped)).toEqual(key)
  const rewrapped = both.rewrap(made, made.wrapped)
  expect(rewrapped.masterKey).toBe(both.currentMasterKey)
  expect(new Sealing(newKey).openDataKey(made, rewrapped.wrapped)).toEqual(key)
  expect(() => sealing.openDataKey(made, rewrapped.wrapped)).toThrow(MissingMasterKeyError)
  const renamed = rewrapped.wrapped.slice()
  renamed.set(made.wrapped.subarray(0, 9)) // as if it were under the old one
  expect(() => sealing.openDataKey(made, renamed)).toThrow(DecodeError)
})

test('sealed bytes name their data key, and are opened with no other', () => {
  const other = sealing.newDataKey('chat log', chat)
  const sealed = sealing.seal(key, chat, utf8('hello'))
  expect(dataKeyIdOf(sealed)).toBe(key.id)
  expect(() => sealing.open(sealing.openDataKey(other, other.wrapped), chat, sealed)).toThrow(DecodeError)
})

test('version 1, of before key rings, opens under whichever key of the ring it is under', () => {
  const place = { purpose: 'chat log', owner: chat, id: firstDataKeyId }
  for (const keys of [MasterKeys.of(oldKey), MasterKeys.of(oldKey, newKey), MasterKeys.of(newKey, oldKey)]) {
    const ring = new Sealing(keys)
    const first = ring.openDataKey(place, FIRST_WRAPPED)
    expect(dataKeyIdOf(FIRST_SEALED)).toBe(first.id)
    expect(Buffer.from(ring.open(first, utf8('place'), FIRST_SEALED)).toString()).toBe('kept from before')
    expect(ring.openDataKey(place, ring.rewrap(place, FIRST_WRAPPED).wrapped)).toEqual(first)
  }
  expect(() => new Sealing(newKey).openDataKey(place, FIRST_WRAPPED)).toThrow(DecodeError)
  expect(() => sealing.openDataKey({ ...place, id: key.id }, FIRST_WRAPPED)).toThrow(DecodeError)
  const first = sealing.openDataKey(place, FIRST_WRAPPED)
  for (const changed of mutationsOf(FIRST_SEALED)) {
    expect(() => sealing.open(first, utf8('place'), changed)).toThrow(DecodeError)
  }
})

// Written by the version of 2026-11-20 under 32 bytes of 1.
const FIRST_WRAPPED = Buffer.from(
  '01e5d0f33dbe72fdc33b208fca7d038cc374eb3b424f9eed9957be38a16231e63e2ed44ed9b64707fb7de6363573b1a058dea6428bc0adc38ce0e3086e',
  'hex',
)
const FIRST_SEALED = Buffer.from(
  '0127a18f3c9ee68213482655e6d5e58b8097a691a5841d7943c534aecdd54e9069af710924efcbbb831852cfcd',
  'hex',
)

/** Every flipped bit and every cut. */
function* mutationsOf(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Uint8Array.from(bytes)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    yield changed
  }
  for (let length = 0; length < bytes.length; length++) yield Uint8Array.from(bytes.subarray(0, length))
}
