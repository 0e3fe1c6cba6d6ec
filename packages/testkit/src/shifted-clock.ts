/** A clock that a test sets, for processes started with its environment (shift-clock.js). */
import { renameSync, writeFileSync } from 'node:fs'

export class ShiftedClock {
  /** Of every process that is to have this clock. */
  readonly env: Readonly<Record<string, string>>
  readonly #file: string

  /** @param file where it stands; made here */
  constructor(file: string) {
    this.#file = file
    this.env = {
      CLOCK_SHIFT_FILE: file,
      NODE_OPTIONS: `--import=${new URL('./shift-clock.js', import.meta.url)}`,
    }
    this.set(0)
  }

  /** So many milliseconds ahead of the right time, or behind it. */
  set(shiftMs: number): void {
    writeFileSync(`${this.#file}.new`, String(shiftMs))
    renameSync(`${this.#file}.new`, this.#file)
  }
}
