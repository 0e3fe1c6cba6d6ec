/** What can go wrong between a device and its server, by cause. None of them carries anything that people wrote. */

/** The server was not reached, or did not answer. What was to be sent is kept, and trying again makes sense. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
  /** When the server asked to be tried again, milliseconds from then; 0 when it said nothing. */
  readonly retryAfterMs: number

  constructor(
    message = 'the server cannot be reached',
    options: { cause?: unknown; retryAfterMs?: number } = {},
  ) {
    super(message, { cause: options.cause })
    this.retryAfterMs = options.retryAfterMs ?? 0
  }
}

/** The server said no, or this device does by a rule of its own. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  /** Stable and for programs, as the RPC names it, e.g. `handle_taken`. */
  readonly reason: string
  /** When another try makes sense, milliseconds; 0 where waiting does not help. */
  readonly retryAfterMs: number

  constructor(reason: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(reason, { cause: options.cause })
    this.reason = reason
    this.retryAfterMs = options.retryAfterMs ?? 0
  }
}

/** What is stored on this device is damaged or was put back to an old state. */
export class DamagedError extends Error {
  override readonly name = 'DamagedError'
}
