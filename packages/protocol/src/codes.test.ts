import { expect, test } from 'vitest'
import { CODE_PREFIXES, type CodeKind, codeBody, codeKindOf } from './index.ts'

const kinds = Object.keys(CODE_PREFIXES) as CodeKind[]

test('A4: a code is of one kind, and of no other', () => {
  for (const kind of kinds) {
    const code = `${CODE_PREFIXES[kind]}abc`
    expect(codeKindOf(code)).toBe(kind)
    expect(codeKindOf(code.toUpperCase())).toBe(kind)
    for (const other of kinds) expect(codeBody(other, code)).toBe(other === kind ? 'abc' : undefined)
  }
})

test('what has none of the prefixes is no code', () => {
  for (const text of ['', 'v', 'vr', ' vr-abc', 'veche-', 'veche:recovery:', 'x'.repeat(100_000)]) {
    expect(codeKindOf(text)).toBeUndefined()
  }
})
