/** One answer: its headers and its bytes, in one write. */
import type { Writable } from 'node:stream'
import type { HttpRequest, HttpResponse } from '@veche/service-kit'
import { corsHeaders } from './cors.ts'

/** A request with the place for its answer. */
export interface Exchange {
  readonly request: HttpRequest
  readonly response: HttpResponse
  /** Of all hosts. */
  readonly origins: ReadonlySet<string>
}

/** In the place of what the listener sets for pages of its own. */
const fragmentHeaders = Object.entries({
  'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  vary: 'Origin, Accept-Encoding, Accept-Language, Authorization',
})

type Headers = Readonly<Record<string, string | number | undefined>>

export function send(
  { request, response, origins }: Exchange,
  status: number,
  headers: Headers,
  body?: Buffer,
): void {
  response.statusCode = status
  for (const [name, value] of fragmentHeaders) response.setHeader(name, value)
  for (const [name, value] of corsHeaders(request, origins)) response.setHeader(name, value)
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) response.setHeader(name, value)
  }
  if (body !== undefined) response.setHeader('content-length', body.length)
  const stream: Writable = response
  stream.end(request.method === 'HEAD' ? undefined : body)
}
