/**
 * PostgreSQL cannot be used here. The message is one line for the one who runs the server.
 * - `in_use`: another server works on the folder.
 * - `unsupported`: no programs for this platform, or a server of an older version.
 * - `forbidden`: it runs as root and neither a user namespace nor a user of its own can be had; or the role of
 *   DATABASE_URL may not do what is needed.
 * - `failed`: PostgreSQL itself did not start; its log says why.
 */
export class PostgresError extends Error {
  override readonly name = 'PostgresError'
  readonly kind: 'in_use' | 'unsupported' | 'forbidden' | 'failed'

  constructor(kind: PostgresError['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
