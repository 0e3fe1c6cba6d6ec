import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs } from './backoff.ts'

test('N20 it waits longer after each failure, at most a minute, at least a second', () => {
  expect([1, 2, 3, 6, 40].map((failures) => backoffMs(failures, 1))).toEqual([
    4_000, 7_000, 13_000, 60_000, 60_000,
  ])
  fc.assert(
    fc.property(fc.nat(10_000), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const ms = backoffMs(failures, random)
      expect(ms).toBeGreaterThanOrEqual(1_000)
      expect(ms).toBeLessThanOrEqual(60_000)
    }),
  )
})
