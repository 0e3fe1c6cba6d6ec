import type { Clock } from '@veche/service-kit'

/**
 * Where a service keeps what lives for minutes and may be lost: the state of logins under way and their tokens.
 * Values are plain data, so that an adapter may keep them outside the process.
 */
export interface ExpiringStore<T> {
  /** Keeps `value` under `key` until it is taken or its time ends. */
  put(key: string, value: T): Promise<void>
  /** Gives the value and keeps it; undefined when absent, taken or too old. */
  get(key: string): Promise<T | undefined>
  /** Gives the value once, and forgets it; undefined when absent, taken or too old. */
  take(key: string): Promise<T | undefined>
}

export interface MemoryStoreOptions {
  readonly lifetimeMs: number
  /** When full, the oldest gives way: a flood then shortens lives, and stops nobody who is quick. */
  readonly maxEntries: number
  readonly clock: Clock
}

export class MemoryExpiringStore<T> implements ExpiringStore<T> {
  readonly #options: MemoryStoreOptions
  /** By age, the oldest first: all live equally long. */
  readonly #entries = new Map<string, { readonly value: T; readonly endsAtMs: number }>()

  constructor(options: MemoryStoreOptions) {
    this.#options = options
  }

  async put(key: string, value: T): Promise<void> {
    this.#entries.delete(key)
    this.#entries.set(key, { value, endsAtMs: this.#options.clock.nowMs() + this.#options.lifetimeMs })
    this.#dropOldest()
  }

  async get(key: string): Promise<T | undefined> {
    return this.#find(key)
  }

  async take(key: string): Promise<T | undefined> {
    const value = this.#find(key)
    this.#entries.delete(key)
    return value
  }

  #find(key: string): T | undefined {
    const entry = this.#entries.get(key)
    return entry !== undefined && entry.endsAtMs > this.#options.clock.nowMs() ? entry.value : undefined
  }

  #dropOldest(): void {
    const nowMs = this.#options.clock.nowMs()
    for (const [key, { endsAtMs }] of this.#entries) {
      if (endsAtMs > nowMs && this.#entries.size <= this.#options.maxEntries) return
      this.#entries.delete(key)
    }
  }
}
