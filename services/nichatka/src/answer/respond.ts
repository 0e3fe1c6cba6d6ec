/** Answers of each kind: fragments, a bell that may be known already, a refusal, and leave to ask. */
import type { Unread } from '../domain.ts'
import { apart, type Html } from '../fragments/html.ts'
import { refusalFragment } from '../fragments/notice.ts'
import { Refusal, statusOf } from '../refusal.ts'
import type { Look } from '../request/look.ts'
import { wordsOf } from '../words/words.ts'
import type { BellBodies } from './bell-bodies.ts'
import { preflightHeaders } from './cors.ts'
import { encode } from './encode.ts'
import { type Exchange, send } from './send.ts'

export function respondFragments(
  exchange: Exchange,
  look: Look,
  { status, fragments }: { readonly status: number; readonly fragments: readonly Html[] },
): void {
  sendText(exchange, look, status, apart(fragments))
}

/** 304 where the client has it already. */
export function respondBell(exchange: Exchange, look: Look, unread: Unread, bells: BellBodies): void {
  const { bytes, etag } = bells.find(unread, look)
  const headers = { etag, 'cache-control': 'private, no-cache' }
  if (isKnown(exchange.request.headers['if-none-match'], etag)) send(exchange, 304, headers)
  else send(exchange, 200, { ...headers, ...contentHeaders(look) }, bytes)
}

export function respondRefusal(exchange: Exchange, look: Look, { code, details }: Refusal): void {
  const { field, retryAfterMs, allow } = details
  const status = statusOf(code)
  // What a client called a field goes into no header unless it is a name.
  const name = field !== undefined && /^[a-z-]{1,32}$/.test(field) ? `; name=${field}` : ''
  sendText(exchange, look, status, refusalFragment(code, details, wordsOf[look.lang]), {
    'nichatka-error': `${code}${name}`,
    'www-authenticate': status === 401 ? 'Nichatka' : undefined,
    'retry-after': retryAfterMs && Math.ceil(retryAfterMs / 1000),
    allow,
  })
}

/** A page may ask if it is one of a host's. */
export function respondPreflight(exchange: Exchange, look: Look): void {
  const { request, origins } = exchange
  if (origins.has(request.headers.origin ?? '')) send(exchange, 204, preflightHeaders)
  else respondRefusal(exchange, look, new Refusal('origin-unknown'))
}

function sendText(
  exchange: Exchange,
  look: Look,
  status: number,
  fragments: Html,
  headers: Readonly<Record<string, string | number | undefined>> = {},
): void {
  send(exchange, status, { ...headers, ...contentHeaders(look) }, encode(fragments, look))
}

function contentHeaders({ charset, isGzipped }: Look): Readonly<Record<string, string | undefined>> {
  return {
    'content-type': `text/html; charset=${charset}`,
    'content-encoding': isGzipped ? 'gzip' : undefined,
  }
}

/** RFC 9110 section 13.1.2; a proxy may have made the tag a weak one. */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  return ifNoneMatch?.split(',').some((one) => one.trim().replace(/^W\//, '') === etag) ?? false
}
