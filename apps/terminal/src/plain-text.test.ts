import fc from 'fast-check'
import { expect, test } from 'vitest'
import { indentRest, jsonLine, oneLine, plainText } from './plain-text.ts'

const places = [(it: string) => `${it}tail`, (it: string) => `head${it}tail`, (it: string) => `head${it}`]
const allBytes = Array.from({ length: 256 }, (_, byte) => byte)

test('C12 all 256 bytes at every place: no control character but newline and tab is left', () => {
  for (const place of places) {
    for (const byte of allBytes) {
      for (const encoding of ['latin1', 'utf8'] as const) {
        const text = place(Buffer.from([byte]).toString(encoding))
        expect(controlsIn(plainText(text)), `byte ${byte}`).toEqual([])
        expect(controlsIn(jsonLine(text)), `byte ${byte}`).toEqual([])
        expect(JSON.parse(jsonLine(text))).toBe(text)
      }
    }
  }
})

test('C12 every code unit: what is safe is kept as it is, what is not goes alone', () => {
  for (let unit = 0; unit <= 0xffff; unit++) {
    const char = String.fromCharCode(unit)
    const kept = plainText(`a${char}b`)
    expect(kept).toBe(isUnsafe(unit) ? 'ab' : `a${char}b`)
  }
})

test('C12 known attacks on terminals come out as harmless text', () => {
  expect(plainText('\u001b]52;c;cm0gLXJm\u0007hello')).toBe(']52;c;cm0gLXJmhello') // writes the clipboard
  expect(plainText('\u001b[2J\u001b[1;1HAlice: yes')).toBe('[2J[1;1HAlice: yes') // rewrites the screen
  expect(plainText('\u009b2Kgone')).toBe('2Kgone') // the same in C1
  expect(plainText('seen\rAlice')).toBe('seenAlice') // overwrites its own line
  expect(plainText('abc\u202edcba')).toBe('abcdcba') // reads backwards
})

test('C12 any text stays JSON, without control characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(controlsIn(jsonLine({ text }))).toEqual([])
      expect(JSON.parse(jsonLine({ text }))).toEqual({ text })
    }),
  )
})

test('C12 a name stays in its line', () => {
  expect(oneLine('  Alice\n12:00  Bob:\tyes\u2028\u0085 ')).toBe('Alice 12:00 Bob: yes')
})

test('further lines of a text stand below its first', () => {
  expect(indentRest('one\ntwo\n\nfour', 3)).toBe('one\n   two\n   \n   four')
})

function controlsIn(text: string): number[] {
  return [...text].map((char) => char.codePointAt(0)!).filter(isUnsafe)
}

function isUnsafe(code: number): boolean {
  if (code === 0x09 || code === 0x0a) return false
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true
  return (
    [0x061c, 0x200e, 0x200f].includes(code) || inRange(code, 0x2028, 0x202e) || inRange(code, 0x2066, 0x2069)
  )
}

function inRange(code: number, first: number, last: number): boolean {
  return code >= first && code <= last
}
