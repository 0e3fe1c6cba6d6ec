import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AccountId, ChatId, DecodeError, DeviceId, type IdKind, MessageId, randomId } from './index.ts'

const kinds = [AccountId, DeviceId, ChatId, MessageId] as unknown as IdKind<string>[]

test('M9 an id survives the way to text and back', () => {
  for (const kind of kinds) {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: kind.bytes, maxLength: kind.bytes }), (bytes) => {
        const id = kind.fromBytes(bytes)
        expect([...kind.toBytes(id)]).toEqual([...bytes])
        expect(kind.parse(id)).toBe(id)
        expect(kind.parse(id.toUpperCase())).toBe(id)
        expect(id).toMatch(/^[a-z2-7]+$/)
      }),
    )
  }
})

test('bytes of another length are refused', () => {
  for (const kind of kinds) {
    for (const length of [0, 1, kind.bytes - 1, kind.bytes + 1, 1000]) {
      expect(() => kind.fromBytes(new Uint8Array(length))).toThrow(DecodeError)
    }
  }
})

test('any text is an id in its one spelling or a DecodeError', () => {
  for (const kind of kinds) {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z2-9]{24,54}$/)), (text) => {
        try {
          expect(kind.parse(text)).toBe(text.toLowerCase())
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
        }
      }),
      { numRuns: 1000 },
    )
  }
})

test('random ids differ', () => {
  expect(new Set(Array.from({ length: 1000 }, () => randomId(MessageId))).size).toBe(1000)
})
