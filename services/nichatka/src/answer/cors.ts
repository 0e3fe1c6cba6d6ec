/** Which pages may read an answer in a browser: those of the hosts, and no others. Cookies are never asked for. */
import type { HttpRequest } from '@veche/service-kit'

type Headers = readonly (readonly [name: string, value: string])[]

/**
 * Also before it is known which host a request is for: a page must be able to read why it was refused.
 * @param origins of all hosts
 */
export function corsHeaders({ headers }: HttpRequest, origins: ReadonlySet<string>): Headers {
  const { origin } = headers
  if (origin === undefined || !origins.has(origin)) return []
  return [['access-control-allow-origin', origin], ...exposed]
}

const exposed: Headers = [['access-control-expose-headers', 'Nichatka-Error, ETag, Retry-After']]

/** Of the answer to what a browser asks before the request itself. */
export const preflightHeaders: Readonly<Record<string, string>> = {
  'access-control-allow-methods': 'GET, POST, PATCH',
  'access-control-allow-headers': 'Authorization, Content-Type, If-None-Match',
  'access-control-max-age': '7200',
}
