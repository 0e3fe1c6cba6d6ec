/**
 * One linking: what two devices have put down for each other, and who waits for it. The server knows which account it is
 * of, and carries bytes that it cannot open (docs/wire/linking.md).
 *
 *   open ──offer──▶ offered ──answer──▶ answered
 *     └──────────────────┴── an empty answer, or another linking of the account ──▶ ended
 *
 * What was put down is not changed any more: the first offer and the first answer count.
 */
import { type AccountId, equalBytes } from '@veche/protocol'

export type LinkingOutcome = 'done' | 'unknown' | 'invalid'

type Side = 'offer' | 'answer'

export class Linking {
  readonly accountId: AccountId
  readonly #put: Partial<Record<Side, Uint8Array>> = {}
  readonly #waiting: Partial<Record<Side, () => void>> = {}
  #isEnded = false

  constructor(accountId: AccountId) {
    this.accountId = accountId
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  /** Another device's offer is `unknown`: whoever was first is not told of to the second. */
  offer(offer: Uint8Array): LinkingOutcome {
    if (this.#isEnded) return 'unknown'
    return this.#putDown('offer', offer) ? 'done' : 'unknown'
  }

  answer(answer: Uint8Array): LinkingOutcome {
    if (this.#isEnded) return 'unknown'
    if (this.#put.offer === undefined) return 'invalid'
    return this.#putDown('answer', answer) ? 'done' : 'invalid'
  }

  end(): void {
    this.#isEnded = true
    for (const wake of Object.values(this.#waiting)) wake()
  }

  /**
   * What was put down on one side, once it is there; undefined where it has not come when `ending` is aborted, where the
   * linking ends, or where somebody else begins to wait in its place.
   */
  async wait(side: Side, ending: AbortSignal): Promise<Uint8Array | undefined> {
    this.#waiting[side]?.()
    if (this.#put[side] === undefined && !this.#isEnded && !ending.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const wake = () => resolve()
      this.#waiting[side] = wake
      ending.addEventListener('abort', wake, { once: true })
      await promise
      ending.removeEventListener('abort', wake)
      if (this.#waiting[side] === wake) delete this.#waiting[side]
    }
    return this.#isEnded ? undefined : this.#put[side]
  }

  #putDown(side: Side, bytes: Uint8Array): boolean {
    this.#put[side] ??= bytes
    this.#waiting[side]?.()
    return equalBytes(this.#put[side], bytes)
  }
}
