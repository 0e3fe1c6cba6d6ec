/** Time and chance as services see them, so that tests can play both. */
export interface Clock {
  /** Milliseconds since 1970. May jump; never used to measure how long something took. */
  nowMs(): number
}

export const systemClock: Clock = { nowMs: () => Date.now() }

/** A clock that stands still until told: for tests. */
export class ManualClock implements Clock {
  #nowMs: number

  constructor(nowMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  advance(byMs: number): void {
    this.#nowMs += byMs
  }
}
