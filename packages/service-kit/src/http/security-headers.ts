/** The headers of every answer, whatever the route. */
import { isIP } from 'node:net'

export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "connect-src 'self'",
    "font-src 'self'",
    'media-src blob:',
    "worker-src 'self'",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types app',
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'permissions-policy': 'camera=(self), microphone=(self), geolocation=()',
  'cache-control': 'no-store',
}

/** For two years a browser comes by HTTPS alone, and lets nobody past a certificate that proves nothing (RFC 6797). */
export const strictTransport: Readonly<Record<string, string>> = {
  'strict-transport-security': 'max-age=63072000',
}

/**
 * Who is promised HTTPS for years: nobody; who came by TLS; or, where a proxy speaks TLS for the server, everybody.
 * @see docs/decisions/https.md
 */
export type StrictTransport = 'never' | 'over-tls' | 'always'

/**
 * Whether a name is the same server's in every network. Of an address browsers remember nothing (RFC 6797 section 8.1.1), and
 * `localhost` and `….local` are another machine's elsewhere: what is remembered of them would lock people out there.
 * @param host as it stands in a URL, with or without a port
 */
export function isLastingName(host: string): boolean {
  const name = host.replace(/:\d{1,5}$/, '').toLowerCase()
  const isAddress = name.startsWith('[') || isIP(name) !== 0
  return name !== '' && !isAddress && !/(^|\.)(localhost|local)\.?$/.test(name)
}
