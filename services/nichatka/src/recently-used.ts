/**
 * What was used last, by a key: at most `max` of it, and never less than the `max / 2` last used. What is found among the older is
 * brought to the newer, and once those are half of all, the older are forgotten.
 *
 * Nothing is ever taken out of a Map, for to move what is used to its end would leave a hole each time, in the chain of that
 * very key: with one user who asks all the time, and thousands that asked before, V8 walks thousands of them to find it.
 */
export class RecentlyUsed<Key, Value> {
  readonly #max: number
  #newer = new Map<Key, Value>()
  #older = new Map<Key, Value>()

  constructor(max: number) {
    this.#max = max
  }

  /** Counts as use. */
  get(key: Key): Value | undefined {
    const newer = this.#newer.get(key)
    if (newer !== undefined) return newer
    const older = this.#older.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key: Key, value: Value): void {
    this.#newer.set(key, value)
    if (this.#newer.size < this.#max / 2) return
    this.#older = this.#newer
    this.#newer = new Map()
  }
}
