/**
 * Answers to what no route ever sees: what cannot be read, names no host, expects what nobody gives, wants a tunnel. Node's own
 * would be without the headers that every answer has.
 */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex, Writable } from 'node:stream'
import type { HttpRequest, HttpResponse } from './http-message.ts'
import { isLastingName, type StrictTransport, securityHeaders, strictTransport } from './security-headers.ts'

export function setSecurityHeaders(
  request: HttpRequest,
  response: HttpResponse,
  promise: StrictTransport,
): void {
  for (const [name, value] of always) response.setHeader(name, value)
  if (isPromised(request, promise)) for (const [name, value] of promised) response.setHeader(name, value)
}

const always = Object.entries(securityHeaders)
const promised = Object.entries(strictTransport)

/** Nothing but a status. */
export function refuse(response: HttpResponse, status: number): void {
  response.statusCode = status
  response.setHeader('content-length', 0)
  const body: Writable = response
  body.end()
}

/** Nothing but where to go, with no word of what is here. */
export function pointToTls(
  { headers: { host = '' }, method, url = '/' }: IncomingMessage,
  response: ServerResponse,
): void {
  const isPage = method === 'GET' || method === 'HEAD'
  const isHost = /^[a-z0-9.:[\]-]{1,255}$/i.test(host)
  response.setHeader('connection', 'close')
  if (isPage && isHost) response.setHeader('location', `https://${host}${url.startsWith('/') ? url : '/'}`)
  response.statusCode = isPage && isHost ? 308 : 426
  if (response.statusCode === 426) response.setHeader('upgrade', 'TLS/1.2, HTTP/1.1')
  response.end()
}

/** An HTTP/1.1 request that names no host is to be refused (RFC 9112 section 3.2). */
export function lacksHost({ httpVersion, headers }: HttpRequest): boolean {
  return httpVersion === '1.1' && headers.host === undefined
}

/** For what was no HTTP/1.1 request, or too slow, or too long. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  const { writable, bytesWritten } = socket as Socket
  // Behind an earlier answer, or in the middle of one, it would be taken for something else.
  if (!writable || bytesWritten > 0) return void socket.destroy()
  const status = statuses.get(error.code ?? '') ?? 400
  const headers = Object.entries({ ...securityHeaders, connection: 'close', 'content-length': '0' })
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n`, () => socket.destroy())
}

/** By what Node says is wrong. */
const statuses: ReadonlyMap<string, number> = new Map([
  ['HPE_HEADER_OVERFLOW', 431],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
])

function isPromised({ headers, socket }: HttpRequest, promise: StrictTransport): boolean {
  if (promise !== 'over-tls') return promise === 'always'
  const isTls = 'encrypted' in socket && socket.encrypted === true
  return isTls && isLastingName(headers[':authority']?.toString() ?? headers.host ?? '')
}
