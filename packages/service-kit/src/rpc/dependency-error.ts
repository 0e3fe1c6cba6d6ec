import { type Client, Code, ConnectError, type Interceptor } from '@connectrpc/connect'
import { reasonOf } from './rpc-error.ts'

export type { Client }

/**
 * Another service refused or could not be reached. Its reason is for the calling service to act upon; let
 * through, it leaves the server as a blank internal error.
 */
export class DependencyError extends Error {
  override readonly name = 'DependencyError'
  readonly code: Code
  readonly reason: string | undefined

  constructor(cause: ConnectError) {
    super(`another service answered ${Code[cause.code]}`, { cause })
    this.code = cause.code
    this.reason = reasonOf(cause)
  }
}

/** For the clients that services use: turns their errors into DependencyErrors. */
export const dependencyErrors: Interceptor = (next) => async (request) => {
  try {
    return await next(request)
  } catch (error) {
    throw new DependencyError(ConnectError.from(error))
  }
}
