import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareBytes, concatBytes, equalBytes, LABELS, labelled, utf8 } from './index.ts'

const bytes = fc.uint8Array({ maxLength: 40 })

test('A18 every label is there once and none is the beginning of another', () => {
  for (const [index, label] of LABELS.entries()) {
    for (const other of LABELS.slice(index + 1)) {
      expect(labelled(label).join().startsWith(labelled(other).join())).toBe(false)
      expect(labelled(other).join().startsWith(labelled(label).join())).toBe(false)
    }
  }
})

test('bytes are ordered and compared as Buffer orders and compares them', () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b))
      expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0)
      expect([...concatBytes(a, b)]).toEqual([...a, ...b])
    }),
  )
})

test('a label is closed by a zero byte', () => {
  expect([...labelled('veche content v1', utf8('x'))]).toEqual([...utf8('veche content v1'), 0, ...utf8('x')])
})
