import { Code, ConnectError, type Transport } from '@connectrpc/connect'
import { mapErrors } from './map-errors.ts'
import { reasonOf } from './rpc-error.ts'

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

/** The transport of clients that services use: every failure is a DependencyError. */
export function dependencyTransport(transport: Transport): Transport {
  const toDependencyError = (error: unknown) => new DependencyError(ConnectError.from(error))
  const fail = (error: unknown): never => {
    throw toDependencyError(error)
  }
  return {
    unary: (...call) => transport.unary(...call).catch(fail),
    async stream(...call) {
      const response = await transport.stream(...call).catch(fail)
      return { ...response, message: mapErrors(response.message, toDependencyError) }
    },
  }
}
