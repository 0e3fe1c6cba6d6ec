import { AccountId } from '@veche/protocol'
import { expect, test } from 'vitest'
import { safetyNumber } from './safety-number.ts'

const accountOf = (byte: number) => AccountId.fromBytes(new Uint8Array(32).fill(byte))
const ones = accountOf(1)
const counted = AccountId.fromBytes(Uint8Array.from({ length: 32 }, (_, index) => index))

test('the number is as computed elsewhere, whichever account comes first', () => {
  const known = '81182 68459 18124 66011 74593 82848 92530 68912 79957 71262 94612 73555'
  expect([safetyNumber(ones, counted), safetyNumber(counted, ones)]).toEqual([known, known])
})

test('A2: another account has another number', () => {
  const numbers = Array.from({ length: 100 }, (_, index) => safetyNumber(ones, accountOf(index)))
  expect(new Set(numbers).size).toBe(100)
  for (const number of numbers) expect(number).toMatch(/^\d{5}( \d{5}){11}$/)
})
