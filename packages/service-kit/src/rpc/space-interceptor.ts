/** While the disk of the database is nearly full, RPCs that make it larger are refused before they begin. */
import type { DescMethod } from '@bufbuild/protobuf'
import { Code, type Interceptor } from '@connectrpc/connect'
import { RpcError } from './rpc-error.ts'

const RETRY_AFTER_MS = 5000

export function spaceInterceptor(
  space: { readonly isLow: boolean },
  makesLarger: (method: DescMethod) => boolean,
): Interceptor {
  return (next) => (request) => {
    if (space.isLow && makesLarger(request.method)) throw serverFull()
    return next(request)
  }
}

/** RESOURCE_EXHAUSTED server_full: nothing was stored, and the same call may be made again. */
export function serverFull(cause?: unknown): RpcError {
  return new RpcError(Code.ResourceExhausted, 'server_full', { retryAfterMs: RETRY_AFTER_MS, cause })
}
