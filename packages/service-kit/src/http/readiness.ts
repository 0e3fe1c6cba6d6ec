/** Whether the server answers calls now. */
export class Readiness {
  #ready = false
  readonly #waiting = new Set<() => void>()

  get ready(): boolean {
    return this.#ready
  }

  set(ready: boolean): void {
    this.#ready = ready
    for (const wake of this.#waiting) wake()
  }

  /** Resolves with true at the next change, with false when `signal` is aborted. */
  async changed(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.add(resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
    await promise
    this.#waiting.delete(resolve)
    return !signal.aborted
  }
}
