/**
 * The tab that had the core went away in the middle of a call that is not safe to repeat. Whether it was done is not known:
 * who asked looks what is.
 */
export class CoreMovedError extends Error {
  override readonly name = 'CoreMovedError'
  /** Stable and for programs. */
  readonly reason = 'core_moved'
  /** Which call it was, as `groups.create`. */
  readonly call: string

  constructor(call: string) {
    super(`core_moved: ${call}`)
    this.call = call
  }
}
