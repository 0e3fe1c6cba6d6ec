/**
 * What the client throws, by cause; the others come from packages/sync and packages/history. None carries anything that
 * people wrote.
 */
export { NoSpaceError } from '@veche/history'
export { DamagedError, RefusedError, UnreachableError } from '@veche/sync'

/** The caller asked for what cannot be: nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** Stable and for programs, e.g. `not_registered`. */
  readonly reason: string

  constructor(reason: string) {
    super(reason)
    this.reason = reason
  }
}
