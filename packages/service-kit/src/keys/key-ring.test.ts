import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyRing, MasterKeyError, maxRingKeys } from './key-ring.ts'

const line = (byte: number) => `${byte.toString(16).padStart(2, '0').repeat(32)}\n`

test('a file of one line, as it was before there were rings, is a ring of one', () => {
  const ring = KeyRing.decode(line(1))
  expect(ring.keys).toHaveLength(1)
  expect(ring.current.key).toEqual(new Uint8Array(32).fill(1))
  expect(KeyRing.decode(line(1).trim()).current).toEqual(ring.current)
})

test('the first line is the current key; a renewed ring has one more, and then the old ones can go', () => {
  const ring = KeyRing.decode(line(2) + line(1))
  expect(ring.current.key).toEqual(new Uint8Array(32).fill(2))
  const renewed = ring.renewed()
  expect(renewed.keys.slice(1)).toEqual(ring.keys)
  expect(renewed.find(ring.current.id)).toEqual(ring.current)
  expect(renewed.withoutOld().encode()).toBe(renewed.encode().slice(0, 65))
})

test('ids come from the keys alone', () => {
  const { current } = KeyRing.decode(line(1))
  expect(current.id).toBe(FIRST_ID)
  const ids = Array.from({ length: 200 }, () => KeyRing.of([randomBytes(32)]).current.id)
  expect(new Set(ids).size).toBe(200)
})

test('what is written is read again', () => {
  const keys = fc.uniqueArray(fc.uint8Array({ minLength: 32, maxLength: 32 }), {
    minLength: 1,
    maxLength: maxRingKeys,
    selector: (key) => key.join(),
  })
  fc.assert(
    fc.property(keys, (all) => {
      expect(KeyRing.decode(KeyRing.of(all).encode())).toEqual(KeyRing.of(all))
    }),
  )
})

test('whatever else a file holds is refused with one line, and never quoted', () => {
  const good = line(10) + line(11)
  const bad = [
    '',
    '\n',
    'x',
    good.toUpperCase(),
    `${good}${line(10)}`,
    ` ${good}`,
    good.replace('\n', '\n\n'),
  ]
  bad.push(good.replace('\n', ' '), good.replace('\n', ''), `${good}\0`, `${good}#`, good.slice(0, -2))
  bad.push(Array.from({ length: maxRingKeys + 1 }, (_, index) => line(index)).join(''), 'f'.repeat(1e6))
  for (const text of bad) expect(() => KeyRing.decode(text)).toThrow(MasterKeyError)
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.string({ minLength: 1, maxLength: 3 }), (at, put) => {
      const changed = good.slice(0, at) + put + good.slice(at + put.length)
      try {
        expect(KeyRing.decode(changed).encode()).toBe(`${changed.trimEnd()}\n`)
      } catch (error) {
        expect(error).toBeInstanceOf(MasterKeyError)
        expect((error as Error).message).not.toContain('0a0a0a')
      }
    }),
  )
})

test('a wiped ring has no key left in memory', () => {
  const ring = KeyRing.decode(line(1) + line(2))
  ring.wipe()
  for (const { key } of ring.keys) expect(key).toEqual(new Uint8Array(32))
})

const FIRST_ID = '6889d23cfb9448b0'
