import { expect, test } from 'vitest'
import { ManualClock } from '../clock.ts'
import { MemoryRateLimiter } from './memory-rate-limiter.ts'
import { isUnlimited } from './rate-limiter.ts'

const rule = { name: 'lookups', burst: 3, perSecond: 0.5 }

test('a bucket gives its burst at once, then refills steadily, and says when', async () => {
  const clock = new ManualClock()
  const limiter = new MemoryRateLimiter(clock)
  const take = () => limiter.take(rule, 'alice').then(({ retryAfterMs }) => retryAfterMs)
  expect([await take(), await take(), await take()]).toEqual([0, 0, 0])
  expect(await take()).toBe(2000)
  clock.advance(1999)
  expect(await take()).toBe(1)
  clock.advance(1)
  expect(await take()).toBe(0)
  clock.advance(3_600_000)
  expect([await take(), await take(), await take(), (await take()) > 0]).toEqual([0, 0, 0, true])
})

test('keys and rules have buckets of their own; a refusal takes nothing', async () => {
  const limiter = new MemoryRateLimiter(new ManualClock())
  expect(await limiter.take(rule, 'alice', 3)).toEqual({ retryAfterMs: 0 })
  expect(await limiter.take(rule, 'bob', 4)).toEqual({ retryAfterMs: 2000 })
  expect(await limiter.take(rule, 'bob', 3)).toEqual({ retryAfterMs: 0 })
  expect(await limiter.take({ ...rule, name: 'others' }, 'alice')).toEqual({ retryAfterMs: 0 })
})

test('F17: a clock that goes back neither refills nor locks', async () => {
  const clock = new ManualClock()
  const limiter = new MemoryRateLimiter(clock)
  await limiter.take(rule, 'alice', 3)
  clock.advance(-3_600_000)
  expect(await limiter.take(rule, 'alice')).toEqual({ retryAfterMs: 2000 })
  clock.advance(2000)
  expect(await limiter.take(rule, 'alice')).toEqual({ retryAfterMs: 0 })
})

test('the number of buckets is bounded; the longest unused are forgotten', async () => {
  const limiter = new MemoryRateLimiter(new ManualClock(), 2)
  await limiter.take(rule, 'first', 3)
  await limiter.take(rule, 'second', 3)
  await limiter.take(rule, 'first', 0)
  await limiter.take(rule, 'third', 3)
  expect((await limiter.take(rule, 'first')).retryAfterMs).toBeGreaterThan(0)
  expect(await limiter.take(rule, 'second')).toEqual({ retryAfterMs: 0 })
})

test('a rule of zeros is no limit', () => {
  expect([isUnlimited({ name: 'x', burst: 0, perSecond: 0 }), isUnlimited(rule)]).toEqual([true, false])
})
