/** How much one may ask for. */
import type { BucketRule, RateLimiter } from '@veche/service-kit'
import { Refusal } from './refusal.ts'

export class Limits {
  readonly #limiter: RateLimiter
  readonly #isOn: boolean
  readonly #requests: BucketRule
  readonly #sends: BucketRule

  /** @param rate requests per second of one user; 0 is no limit at all */
  constructor(limiter: RateLimiter, rate: number) {
    this.#limiter = limiter
    this.#isOn = rate > 0
    this.#requests = { name: 'nichatka request', burst: rate * 10, perSecond: rate }
    this.#sends = { name: 'nichatka message', burst: rate * 3, perSecond: rate / 10 }
  }

  /** @param who a host and its user. @throws Refusal too-many-requests */
  async takeRequest(who: string): Promise<void> {
    if (this.#isOn) await this.#take(this.#requests, who)
  }

  /** For whatever others see, or what may bring new users in: messages, and groups made or changed. */
  async takeSend(who: string): Promise<void> {
    if (this.#isOn) await this.#take(this.#sends, who)
  }

  /** Who guesses is held up, and who has been signed out is not: see `authenticate`. */
  async takeFailure(address: string): Promise<void> {
    if (this.#isOn) await this.#take(failures, address)
  }

  async #take(rule: BucketRule, key: string): Promise<void> {
    const { retryAfterMs } = await this.#limiter.take(rule, key)
    if (retryAfterMs > 0) throw new Refusal('too-many-requests', { retryAfterMs })
  }
}

const failures: BucketRule = { name: 'nichatka failed authentication', burst: 100, perSecond: 10 }
