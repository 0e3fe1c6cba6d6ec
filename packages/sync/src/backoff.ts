/** Waiting between tries: full jitter from 0.5 to 30 s, never less than the server asked for. */

const FIRST_MS = 500
const LONGEST_MS = 30_000

export class Backoff {
  readonly #random: () => number
  #tries = 0

  /** @param random from 0 to 1 */
  constructor(random: () => number) {
    this.#random = random
  }

  /** It worked: the next failure is the first again. */
  reset(): void {
    this.#tries = 0
  }

  /** How long to wait now, milliseconds. @param retryAfterMs what the server asked for; jitter comes on top */
  next(retryAfterMs = 0): number {
    const ceilingMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.#tries, 10))
    this.#tries++
    return retryAfterMs + Math.max(FIRST_MS, this.#random() * ceilingMs)
  }
}

/** Resolves after the time, or when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}
