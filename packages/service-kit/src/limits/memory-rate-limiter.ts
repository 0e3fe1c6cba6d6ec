import type { Clock } from '../clock.ts'
import type { BucketRule, RateLimiter } from './rate-limiter.ts'

interface Bucket {
  tokens: number
  atMs: number
}

/** The buckets of a server that is one process. Bounded: the longest unused are forgotten first. */
export class MemoryRateLimiter implements RateLimiter {
  readonly #buckets = new Map<string, Bucket>()
  readonly #clock: Clock
  readonly #maxBuckets: number

  constructor(clock: Clock, maxBuckets = 100_000) {
    this.#clock = clock
    this.#maxBuckets = maxBuckets
  }

  async take(rule: BucketRule, key: string, cost = 1): Promise<{ readonly retryAfterMs: number }> {
    const place = `${rule.name} ${key}`
    const nowMs = this.#clock.nowMs()
    const bucket = refill(this.#buckets.get(place), rule, nowMs)
    this.#buckets.delete(place)
    this.#buckets.set(place, bucket)
    if (this.#buckets.size > this.#maxBuckets) this.#buckets.delete(this.#buckets.keys().next().value ?? '')
    if (bucket.tokens >= cost) {
      bucket.tokens -= cost
      return { retryAfterMs: 0 }
    }
    return { retryAfterMs: Math.max(1, Math.ceil(((cost - bucket.tokens) * 1000) / rule.perSecond)) }
  }
}

/** A clock that went back refills nothing and takes nothing. */
function refill(bucket: Bucket | undefined, rule: BucketRule, nowMs: number): Bucket {
  if (bucket === undefined) return { tokens: rule.burst, atMs: nowMs }
  const elapsedMs = Math.max(0, nowMs - bucket.atMs)
  return { tokens: Math.min(rule.burst, bucket.tokens + (elapsedMs * rule.perSecond) / 1000), atMs: nowMs }
}
