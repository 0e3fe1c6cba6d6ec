/**
 * The one place where errors leave: an RpcError with its reason, the framework's own refusals (malformed
 * request, too large, deadline) as they are, everything else as INTERNAL without a word, and logged.
 */
import { Code, ConnectError, type Interceptor } from '@connectrpc/connect'
import { logEvents } from '../log/log-event.ts'
import type { Logger } from '../log/logger.ts'
import { RpcError, toConnectError } from './rpc-error.ts'

const events = logEvents({ rpc_failed: { rpc: 'rpc', error: 'error' } })

export function errorInterceptor(log: Logger): Interceptor {
  return (next) => async (request) => {
    const leave = (error: unknown): ConnectError => {
      const known = toKnownError(error)
      if (known !== undefined) return known
      log.error(events.rpc_failed, { rpc: request.method, error })
      return new ConnectError('internal', Code.Internal)
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

async function* mapErrors<T>(messages: AsyncIterable<T>, map: (error: unknown) => Error): AsyncIterable<T> {
  try {
    yield* messages
  } catch (error) {
    throw map(error)
  }
}
