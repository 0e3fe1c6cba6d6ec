/** What was asked for is something that every member, this one included, would refuse. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
  /** The RefusalReason that others would give, where there is one. */
  readonly reason: string | undefined

  constructor(message: string, options?: { reason?: string; cause?: unknown }) {
    super(message, options)
    this.reason = options?.reason
  }
}

/** A welcome or an invite does not lead into its group: wrong device, unknown key package, unsound group. */
export class JoinError extends Error {
  override readonly name = 'JoinError'
  /** `present`: this device has a leaf in the group already. */
  readonly reason: 'present' | undefined

  constructor(message: string, options?: { reason?: 'present'; cause?: unknown }) {
    super(message, options)
    this.reason = options?.reason
  }
}

/** The MLS engine is not the one that this package was written for. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
}
