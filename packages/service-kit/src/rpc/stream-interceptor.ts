/**
 * What holds for every stream to a client: a device has at most so many, and all end with UNAVAILABLE when the
 * server stops, so that clients come back elsewhere or later.
 */
import { Code, type Interceptor, type StreamResponse } from '@connectrpc/connect'
import { principalKey } from '../token/principal.ts'
import { RpcError } from './rpc-error.ts'

export interface StreamInterceptorOptions {
  /** Streams of one device at a time. */
  readonly maxPerDevice: number
  /** Aborted when the server begins to stop. */
  readonly draining: AbortSignal
}

export function streamInterceptor({ maxPerDevice, draining }: StreamInterceptorOptions): Interceptor {
  const open = new Map<string, number>()
  const count = (device: string, change: number) => {
    const now = (open.get(device) ?? 0) + change
    if (now > 0) open.set(device, now)
    else open.delete(device)
  }
  return (next) => async (request) => {
    if (!request.stream) return next(request)
    if (draining.aborted) throw stopping()
    const device = request.contextValues.get(principalKey)?.deviceId ?? ''
    if (device !== '' && (open.get(device) ?? 0) >= maxPerDevice) {
      throw new RpcError(Code.ResourceExhausted, 'too_many_streams', { retryAfterMs: 5000 })
    }
    count(device, 1)
    try {
      const response = (await next(request)) as StreamResponse
      const message = untilDraining(response.message, draining, () => count(device, -1))
      return { ...response, message }
    } catch (error) {
      count(device, -1)
      throw error
    }
  }
}

function stopping(): RpcError {
  return new RpcError(Code.Unavailable, 'server_stopping', { retryAfterMs: 1000 })
}

async function* untilDraining<T>(
  messages: AsyncIterable<T>,
  draining: AbortSignal,
  onEnd: () => void,
): AsyncIterable<T> {
  const { promise: drained, reject } = Promise.withResolvers<never>()
  drained.catch(() => {}) // it may reject while nobody waits for it
  const onDraining = () => reject(stopping())
  draining.addEventListener('abort', onDraining, { once: true })
  if (draining.aborted) onDraining()
  const iterator = messages[Symbol.asyncIterator]()
  try {
    for (;;) {
      const result = await Promise.race([iterator.next(), drained])
      if (result.done) return
      yield result.value
    }
  } finally {
    draining.removeEventListener('abort', onDraining)
    onEnd()
    // Not awaited: a generator that waits for its next event returns only when the call's signal wakes it.
    void iterator.return?.().catch(() => {})
  }
}
