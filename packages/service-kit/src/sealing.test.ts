import { DecodeError, utf8 } from '@veche/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Sealing, sealedOverheadBytes } from './sealing.ts'

const sealing = new Sealing(new Uint8Array(32).fill(1))
const chat = utf8('chat 1')
const wrapped = sealing.newDataKey('chat log', chat)
const key = sealing.openDataKey('chat log', chat, wrapped)

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
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = sealed.slice()
    changed[bit >> 3]! ^= 1 << (bit & 7)
    expect(() => sealing.open(key, chat, changed)).toThrow(DecodeError)
  }
  for (let length = 0; length < sealed.length; length++) {
    expect(() => sealing.open(key, chat, sealed.subarray(0, length))).toThrow(DecodeError)
  }
})

test('the same bytes are never sealed alike', () => {
  const sealed = Array.from({ length: 100 }, () => Buffer.from(sealing.seal(key, chat, chat)).toString('hex'))
  expect(new Set(sealed).size).toBe(100)
})

test('a data key opens under its own purpose, id and master key alone', () => {
  expect(new Sealing(new Uint8Array(32).fill(1)).openDataKey('chat log', chat, wrapped)).toEqual(key)
  expect(() => sealing.openDataKey('account', chat, wrapped)).toThrow(DecodeError)
  expect(() => sealing.openDataKey('chat log', utf8('chat 2'), wrapped)).toThrow(DecodeError)
  const other = new Sealing(new Uint8Array(32).fill(2))
  expect(() => other.openDataKey('chat log', chat, wrapped)).toThrow(DecodeError)
  expect(() => new Sealing(new Uint8Array(31))).toThrow(TypeError)
})

test('opened data keys are kept for the next time, a bounded number of them', () => {
  expect(sealing.openDataKey('chat log', chat, wrapped)).toBe(sealing.openDataKey('chat log', chat, wrapped))
  const before = sealing.openDataKey('chat log', chat, wrapped)
  for (let index = 0; index < 1100; index++) {
    const id = utf8(`chat ${index}`)
    sealing.openDataKey('chat log', id, sealing.newDataKey('chat log', id))
  }
  const after = sealing.openDataKey('chat log', chat, wrapped)
  expect(after).toEqual(before)
  expect(after).not.toBe(before)
})
