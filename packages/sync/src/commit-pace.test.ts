import { expect, test } from 'vitest'
import { CommitPace } from './commit-pace.ts'
import { randomFrom, rivalry } from './testing/rivalry.ts'

test('who has not lost does not wait; who has waits the longer the more often, up to a room for all', () => {
  const pace = new CommitPace(() => 1)
  expect(pace.draw()).toBe(0)
  const waits = Array.from({ length: 5 }, () => {
    pace.lost(10, 200)
    return pace.draw()
  })
  expect(waits).toEqual([80, 320, 1280, 5120, 6000])
})

test('in a small group no window is wider than its members need, and none is longer than a minute', () => {
  const pace = new CommitPace(() => 1)
  for (let loss = 0; loss < 9; loss++) pace.lost(10, 5)
  expect(pace.draw()).toBe(150)
  pace.lost(1_000_000, 5)
  expect(pace.draw()).toBe(60_000)
})

test('commits of others that follow each other closely lengthen the wait, others shorten it', () => {
  const pace = new CommitPace(() => 1)
  pace.lost(1, 200)
  pace.seen(1, 1)
  expect(pace.draw()).toBe(12)
  pace.seen(1, 2)
  expect(pace.draw()).toBe(9)
  pace.seen(3, 7)
  expect(pace.draw()).toBe(6)
})

test.each([2, 5, 24, 200])(
  'A7 F25: %i rivals who begin at once are done after five retries at most',
  (rivals) => {
    const seed = Number(process.env.VECHE_SEED ?? Date.now() % 1_000_000)
    process.stdout.write(`commit pace: VECHE_SEED=${seed}\n`)
    const { most, mean } = rivalry({ rivals, leaves: Math.max(24, rivals), random: randomFrom(seed) })
    expect(most).toBeLessThanOrEqual(6)
    expect(mean).toBeLessThan(3)
  },
)
