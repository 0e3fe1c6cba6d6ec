/** A request's body must keep coming (attack C8): no pause longer than the limit, and a least rate in all. */
import { constants } from 'node:http2'
import type { HttpLimits } from './http-limits.ts'
import type { HttpRequest } from './http-message.ts'

type BodyLimits = Pick<HttpLimits, 'bodyTimeoutMs' | 'bodyBytesPerSecond'>

/** Cuts the request off when its body stops coming. */
export function guardBody(request: HttpRequest, limits: BodyLimits): void {
  const startedMs = performance.now()
  let receivedBytes = 0
  let heardMs = startedMs
  const timer = setInterval(() => {
    const nowMs = performance.now()
    const allowedMs = limits.bodyTimeoutMs + (receivedBytes * 1000) / limits.bodyBytesPerSecond
    if (nowMs - heardMs > limits.bodyTimeoutMs || nowMs - startedMs > allowedMs) cutOff(request)
  }, limits.bodyTimeoutMs / 4)
  timer.unref()
  const done = () => clearInterval(timer)
  // Counting in `push` sees the bytes without making the stream flow, which is the reader's to decide.
  const push = request.push.bind(request)
  request.push = (chunk: Uint8Array | null, encoding?: BufferEncoding) => {
    heardMs = performance.now()
    receivedBytes += chunk?.length ?? 0
    if (chunk === null) done()
    return push(chunk, encoding)
  }
  request.once('close', done)
}

function cutOff(request: HttpRequest): void {
  if ('stream' in request) request.stream.close(constants.NGHTTP2_CANCEL)
  else request.destroy()
}
