/**
 * Token buckets. A bucket starts full; each call takes from it, and it refills steadily. Losing the buckets only
 * makes them full: what must survive a restart is kept in PostgreSQL by the service that needs it.
 */
export interface BucketRule {
  /** Keeps buckets of different rules apart. */
  readonly name: string
  /** Size of a full bucket: calls at once. */
  readonly burst: number
  /** Refill; may be a fraction. 0 together with burst 0 means unlimited. */
  readonly perSecond: number
}

export interface RateLimiter {
  /**
   * Takes `cost` (1 by default) from the bucket of `key`, or nothing at all.
   * @param key must not be an address or a secret as such; see `callerAddressOf`
   * @returns 0 when taken; else after how long the same try would succeed
   */
  take(rule: BucketRule, key: string, cost?: number): Promise<{ readonly retryAfterMs: number }>
}

export function isUnlimited(rule: BucketRule): boolean {
  return rule.burst === 0 && rule.perSecond === 0
}
