import type { Logger } from '../log/logger.ts'

export interface DatabaseOptions {
  /** `postgresql://…`; a Unix socket's folder stands in `?host=`. */
  readonly url: string
  /** First on the search path, before nothing: other schemas are not seen unless named. */
  readonly schema: string
  /** The role to work as; the URL's own where left out. */
  readonly role?: ServiceRole
  /** 8 by default. */
  readonly maxConnections?: number
  /** How long a connection may take to come free, or to be made; 10,000 by default. */
  readonly connectTimeoutMs?: number
  /** 30,000 by default; 0 is none. */
  readonly statementTimeoutMs?: number
  readonly log?: Logger
}

/**
 * `login`: connects as the role itself (the embedded server, where the socket's folder is the guard).
 * `assume`: connects as the URL's role and becomes this one (`SET ROLE`).
 */
export interface ServiceRole {
  readonly kind: 'login' | 'assume'
  readonly name: string
}
