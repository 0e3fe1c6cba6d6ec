import { AccountId } from '@veche/protocol'
import { expect, test } from 'vitest'
import { isKept, type Wishes, withDecision, withWish } from './wishes.ts'

const alice = AccountId.fromBytes(new Uint8Array(32).fill(1))
const bob = AccountId.fromBytes(new Uint8Array(32).fill(2))
const begun: Wishes = { unkeptBy: [], revision: 0n, sweepUntil: 0n }

test('M22 a chat is kept only while both wish it', () => {
  const one = withWish(begun, alice, false, 5n)!
  const both = withWish(one, bob, false, 6n)!
  const other = withWish(both, alice, true, 7n)!
  const none = withWish(other, bob, true, 8n)!
  expect([begun, one, both, other, none].map(isKept)).toEqual([true, false, false, false, true])
  expect([one, both, other, none].map(({ revision }) => revision)).toEqual([1n, 2n, 3n, 4n])
})

test('M22 a wish that is there already changes nothing', () => {
  expect(withWish(begun, alice, true, 5n)).toBeUndefined()
  const one = withWish(begun, alice, false, 5n)!
  expect(withWish(one, alice, false, 9n)).toBeUndefined()
})

test('M22 what was there before it is kept again is to be removed all the same', () => {
  const off = withWish(begun, alice, false, 5n)!
  expect(off.sweepUntil).toBe(0n)
  const on = withWish(off, alice, true, 9n)!
  expect(on.sweepUntil).toBe(9n)
  const again = withWish(on, bob, false, 12n)!
  expect(again.sweepUntil).toBe(9n)
  expect(withWish(again, bob, true, 20n)!.sweepUntil).toBe(20n)
})

test('M22 in a group the last word counts, whoever with the right has said it', () => {
  const off = withDecision(begun, alice, false, 5n)!
  expect(off).toEqual({ unkeptBy: [alice], revision: 1n, sweepUntil: 0n })
  expect(withDecision(off, bob, false, 6n)).toBeUndefined()
  const on = withDecision(off, bob, true, 9n)!
  expect(on).toEqual({ unkeptBy: [], revision: 2n, sweepUntil: 9n })
  expect(withDecision(on, bob, true, 9n)).toBeUndefined()
})
