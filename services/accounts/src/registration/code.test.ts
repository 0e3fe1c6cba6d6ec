import { CODE_PREFIXES } from '@veche/protocol'
import { expect, test } from 'vitest'
import { createRegistrationCode, hashRegistrationCode, parseRegistrationCode } from './code.ts'

test('A4: a code says what it is for, and no two are alike', () => {
  const codes = Array.from({ length: 100 }, createRegistrationCode)
  for (const code of codes) {
    expect(code).toMatch(/^vr-[a-z2-7]{26}$/)
    expect(parseRegistrationCode(code)).toBe(code)
  }
  expect(new Set(codes).size).toBe(codes.length)
})

test('a code may be typed in capitals', () => {
  const code = createRegistrationCode()
  expect(parseRegistrationCode(code.toUpperCase())).toBe(code)
})

test('A4: codes of another kind, length or alphabet are none', () => {
  const code = createRegistrationCode()
  const others = [
    '',
    'vr-',
    code.slice(1),
    `vl-${code.slice(3)}`,
    ...Object.values(CODE_PREFIXES)
      .filter((prefix) => prefix !== CODE_PREFIXES.registration)
      .map((prefix) => `${prefix}${code.slice(3)}`),
    `${code}a`,
    code.slice(0, -1),
    `${code.slice(0, -1)}1`,
  ]
  for (const text of [...others, ` ${code}`, `${code}\n`, code.repeat(100_000)]) {
    expect(parseRegistrationCode(text)).toBeUndefined()
  }
})

test('the hash is of the code as it is written', () => {
  const code = createRegistrationCode()
  expect(hashRegistrationCode(code)).toHaveLength(32)
  expect(hashRegistrationCode(code)).not.toEqual(hashRegistrationCode(createRegistrationCode()))
})
