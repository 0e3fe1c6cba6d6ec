/**
 * The one place where errors leave: an RpcError with its reason, the framework's own refusals (malformed
 * request, too large, deadline) as they are, a database without space as RESOURCE_EXHAUSTED, a database or another
 * service that is away or has too much to do as UNAVAILABLE, everything else as INTERNAL without a word; the last three
 * are logged.
 */
import { Code, ConnectError, type Interceptor } from '@connectrpc/connect'
import { isOutOfSpace, isUnavailable } from '../database/sql-state.ts'
import { logEvents } from '../log/log-event.ts'
import type { Logger } from '../log/logger.ts'
import { DependencyError } from './dependency-error.ts'
import { mapErrors } from './map-errors.ts'
import { RpcError, toConnectError } from './rpc-error.ts'
import { serverFull } from './space-interceptor.ts'

const RETRY_AFTER_MS = 1000

const events = logEvents({ rpc_failed: { rpc: 'rpc', error: 'error' } })

export function errorInterceptor(log: Logger): Interceptor {
  return (next) => async (request) => {
    const leave = (error: unknown): ConnectError => {
      const known = toKnownError(error)
      if (known !== undefined) return known
      log.error(events.rpc_failed, { rpc: request.method, error })
      if (isOutOfSpace(error)) return toConnectError(serverFull())
      return isAway(error) ? toConnectError(unavailable()) : new ConnectError('internal', Code.Internal)
    }
    try {
      const response = await next(request)
      return response.stream ? { ...response, message: mapErrors(response.message, leave) } : response
    } catch (error) {
      throw leave(error)
    }
  }
}

/** What may leave as it is; undefined for what nobody planned. */
function toKnownError(error: unknown): ConnectError | undefined {
  if (error instanceof RpcError) return toConnectError(error)
  return error instanceof ConnectError ? error : undefined
}

/** What the call needs cannot be reached now: another try makes sense. */
function isAway(error: unknown): boolean {
  return isUnavailable(error) || (error instanceof DependencyError && error.code === Code.Unavailable)
}

function unavailable(): RpcError {
  return new RpcError(Code.Unavailable, 'unavailable', { retryAfterMs: RETRY_AFTER_MS })
}
