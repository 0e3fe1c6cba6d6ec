/**
 * A unary call is answered in time even where its caller names no deadline (attack C8): a peer that waits for ever, and
 * whatever waits with it, would be held until the connection ends. What the call has begun goes on; it may be repeated.
 */
import { Code, ConnectError, type Interceptor } from '@connectrpc/connect'

const UNARY_TIMEOUT_MS = 60_000

/** @param timeoutMs the most that a unary call takes, whatever its caller allows */
export function deadlineInterceptor(timeoutMs = UNARY_TIMEOUT_MS): Interceptor {
  return (next) => async (request) => {
    if (request.stream) return next(request)
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new ConnectError('too late', Code.DeadlineExceeded)), timeoutMs)
    try {
      return await Promise.race([next(request), late])
    } finally {
      clearTimeout(timer)
    }
  }
}
