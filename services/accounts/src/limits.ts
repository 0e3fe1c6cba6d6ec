import { type BucketRule, Code, type RateLimiter, RpcError } from '@veche/service-kit'

/** One requester's claims of one target's key packages: 6 at once, and one more each 10 minutes (A14). */
export const claimsPerPair: BucketRule = { name: 'accounts claim', burst: 6, perSecond: 1 / 600 }

/** Active devices of one account. */
export const MAX_DEVICES = 16
/** The account's words on devices in one call. */
export const MAX_REVOCATIONS = 64

/** Whole days of the server without a sign of a device, after which it ends: nothing is kept for it any longer (M22). */
export const SILENT_DAYS = 90

/** An account's claims of its own devices' packages: a new device comes into all its chats at once, a claim each. */
export const claimsOfOwn: BucketRule = { name: 'accounts claim own', burst: 1000, perSecond: 1 / 6 }

/** Whom one account may block. */
export const MAX_BLOCKS = 1000n

/** What two devices put down for each other in a linking. */
export const MAX_OFFER_BYTES = 1024
export const MAX_ANSWER_BYTES = 4 * 1024
/** One account's linkings: ten at once, and one more each minute. */
export const linkingsPerAccount: BucketRule = { name: 'accounts linking', burst: 10, perSecond: 1 / 60 }

/** A batch of history keys, all of an account, and one answer. */
export const MAX_HISTORY_KEYS_BYTES = 64 * 1024
export const MAX_HISTORY_KEYS_TOTAL_BYTES = 100 * 1024 * 1024
export const MAX_HISTORY_KEYS_PAGE_BYTES = 1024 * 1024
/** One account's batches: its devices add one a minute each. */
export const historyKeysPerAccount: BucketRule = {
  name: 'accounts history keys',
  burst: 60,
  perSecond: 1 / 10,
}
/** One account's pages of them: all that it may have, at once. */
export const historyKeyPagesPerAccount: BucketRule = {
  name: 'accounts history pages',
  burst: 300,
  perSecond: 1,
}

/** What one address may begin without a token: a bucket for each, so that they do not stand in each other's way. */
export interface AttemptLimits {
  readonly startRegistration: BucketRule
  readonly finishRegistration: BucketRule
  readonly startLogin: BucketRule
  readonly startRecovery: BucketRule
  readonly offerDevice: BucketRule
}

/** @param perHour half of it at once; 0 is without limit */
export function attemptLimits(perHour: number): AttemptLimits {
  const rule = (name: string) => ({ name, burst: Math.ceil(perHour / 2), perSecond: perHour / 3600 })
  return {
    startRegistration: rule('accounts start registration'),
    finishRegistration: rule('accounts finish registration'),
    startLogin: rule('accounts start login'),
    startRecovery: rule('accounts start recovery'),
    offerDevice: rule('accounts offer device'),
  }
}

/** @throws RpcError RESOURCE_EXHAUSTED too_many_calls */
export async function ensureWithin(limiter: RateLimiter, rule: BucketRule, key: string): Promise<void> {
  if (rule.burst === 0) return
  const { retryAfterMs } = await limiter.take(rule, key)
  if (retryAfterMs > 0) throw tooManyCalls(retryAfterMs)
}

export function tooManyCalls(retryAfterMs: number): RpcError {
  return new RpcError(Code.ResourceExhausted, 'too_many_calls', { retryAfterMs })
}
