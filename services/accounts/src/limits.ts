import { type BucketRule, Code, type RateLimiter, RpcError } from '@veche/service-kit'

/**
 * The limits of this service, besides those that every call has. A bucket by address serves all who share it, a
 * school or a house, so these are wide: they slow down one who tries every handle.
 */
export const loginsPerAddress: BucketRule = { name: 'accounts login', burst: 100, perSecond: 200 / 3600 }
export const registrationsPerAddress: BucketRule = {
  name: 'accounts registration',
  burst: 100,
  perSecond: 200 / 3600,
}
/** One requester's claims of one target's key packages: 6 at once, and one more each 10 minutes (A14). */
export const claimsPerPair: BucketRule = { name: 'accounts claim', burst: 6, perSecond: 1 / 600 }

/** @throws RpcError RESOURCE_EXHAUSTED too_many_calls */
export async function ensureWithin(limiter: RateLimiter, rule: BucketRule, key: string): Promise<void> {
  const { retryAfterMs } = await limiter.take(rule, key)
  if (retryAfterMs > 0) throw new RpcError(Code.ResourceExhausted, 'too_many_calls', { retryAfterMs })
}
