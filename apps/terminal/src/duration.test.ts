import { expect, test } from 'vitest'
import { parseDuration } from './duration.ts'

test.each([
  ['30', 30_000],
  ['0', 0],
  ['90s', 90_000],
  ['1.5h', 5_400_000],
  ['30m', 1_800_000],
  ['7d', 604_800_000],
  ['3650d', 315_360_000_000],
])('%s', (text, durationMs) => {
  expect(parseDuration(text)).toBe(durationMs)
})

test.each(['', 'x', '-1', '1w', '7 d', '1e9', '3651d', '9'.repeat(100_000), 'Infinity', '٣'])(
  'refuses what is no length of time, or too long: %.20s',
  (text) => {
    expect(parseDuration(text)).toBeUndefined()
  },
)
