/** A token bucket by the monotonic clock, for one connection. */
export class Budget {
  readonly #burst: number
  readonly #perMs: number
  #left: number
  #atMs = performance.now()

  constructor(burst: number, perSecond: number) {
    this.#burst = burst
    this.#left = burst
    this.#perMs = perSecond / 1000
  }

  /** @returns false when it is spent */
  spend(): boolean {
    const nowMs = performance.now()
    this.#left = Math.min(this.#burst, this.#left + (nowMs - this.#atMs) * this.#perMs) - 1
    this.#atMs = nowMs
    return this.#left >= 0
  }
}
