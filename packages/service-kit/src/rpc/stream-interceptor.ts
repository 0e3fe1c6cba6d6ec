/**
 * What holds for every stream to a client: a device has at most so many; they end with UNAUTHENTICATED when the device
 * does, and all with UNAVAILABLE when the server stops, so that clients come back elsewhere or later.
 */
import { Code, type Interceptor, type StreamResponse } from '@connectrpc/connect'
import type { EndedDevices } from '../token/ended-devices.ts'
import { principalKey } from '../token/principal.ts'
import { RpcError } from './rpc-error.ts'

export interface StreamInterceptorOptions {
  /** Streams of one device at a time. */
  readonly maxPerDevice: number
  /** Aborted when the server begins to stop. */
  readonly draining: AbortSignal
  /** Devices that were taken off their accounts; none by default. */
  readonly ended?: Pick<EndedDevices, 'watch'>
}

export function streamInterceptor({ maxPerDevice, draining, ended }: StreamInterceptorOptions): Interceptor {
  const open = new Map<string, number>()
  const count = (device: string, change: number) => {
    const now = (open.get(device) ?? 0) + change
    if (now > 0) open.set(device, now)
    else open.delete(device)
  }
  return (next) => async (request) => {
    if (!request.stream) return next(request)
    if (draining.aborted) throw stopping()
    const principal = request.contextValues.get(principalKey)
    const device = principal?.deviceId ?? ''
    if (device !== '' && (open.get(device) ?? 0) >= maxPerDevice) {
      throw new RpcError(Code.ResourceExhausted, 'too_many_streams', { retryAfterMs: 5000 })
    }
    count(device, 1)
    try {
      const response = (await next(request)) as StreamResponse
      const ends = new AbortController()
      const unwatch = principal && ended?.watch(principal, () => ends.abort(deviceEnded()))
      const onDraining = () => ends.abort(stopping())
      draining.addEventListener('abort', onDraining, { once: true })
      const message = untilAborted(response.message, ends.signal, () => {
        draining.removeEventListener('abort', onDraining)
        unwatch?.()
        count(device, -1)
      })
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

function deviceEnded(): RpcError {
  return new RpcError(Code.Unauthenticated, 'token_invalid')
}

/** Gives what the stream gives; throws the signal's reason once it is aborted. */
async function* untilAborted<T>(
  messages: AsyncIterable<T>,
  signal: AbortSignal,
  onEnd: () => void,
): AsyncIterable<T> {
  const iterator = messages[Symbol.asyncIterator]()
  try {
    for (;;) {
      const result = await orAborted(iterator.next(), signal)
      if (result.done) return
      yield result.value
    }
  } finally {
    onEnd()
    // Not awaited: a generator that waits for its next event returns only when the call's signal wakes it.
    void iterator.return?.().catch(() => {})
  }
}

/** Not a race with one promise for the whole stream: that would keep something of every message until the stream ends. */
function orAborted<T>(coming: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    coming.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
