/**
 * What the client throws, by cause; the others come from packages/sync and packages/history. None carries anything that
 * people wrote.
 */
import { RefusedError } from '@veche/sync'

export { NoSpaceError } from '@veche/history'
export { DamagedError, UnreachableError } from '@veche/sync'
export { RefusedError }

/** Whether the server refuses because this device is no longer one of the account; what it has can be read as before. */
export function isEndedDevice(error: unknown): error is RefusedError {
  return error instanceof RefusedError && ENDED_REASONS.has(error.reason)
}

const ENDED_REASONS: ReadonlySet<string> = new Set(['device_silent', 'proof_invalid', 'token_invalid'])

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
