/**
 * Tokens (N14): `v1.<payload>.<signature>`, signed by the host. The algorithm and the key belong to the host and are
 * never taken from the token (C4).
 */
import { createHmac, timingSafeEqual, verify } from 'node:crypto'
import type { HostKey } from '../hosts/host.ts'
import { type Claims, decodeClaims } from './claims.ts'

/** What a token is checked with. */
export interface TokenHost {
  readonly key: HostKey
}

export type TokenFault = 'token-malformed' | 'token-forged' | 'token-expired' | 'token-early'

export type Verified<Host> =
  | { readonly kind: 'verified'; readonly claims: Claims; readonly host: Host }
  | { readonly kind: 'token-malformed' | 'token-forged' }

/** 1,024 bytes of payload and 64 of signature in base64url, and what stands between. */
const maxTokenChars = 4 + 1366 + 86
const skewSeconds = 60

/** Says nothing of the time: see `timeFault`. @param find the host of that name */
export function verifyToken<Host extends TokenHost>(
  token: string,
  find: (name: string) => Host | undefined,
): Verified<Host> {
  const parts = token.length > maxTokenChars ? [] : token.split('.')
  const [version, payload, signature] = parts
  if (parts.length !== 3 || version !== 'v1') return { kind: 'token-malformed' }
  const payloadBytes = decodeBase64url(payload!)
  const signatureBytes = decodeBase64url(signature!)
  const claims = payloadBytes && decodeClaims(payloadBytes)
  if (claims === undefined || !(signatureBytes?.length === 32 || signatureBytes?.length === 64)) {
    return { kind: 'token-malformed' }
  }
  const host = find(claims.aud)
  if (host === undefined || !isSignature(host.key, `v1.${payload}`, signatureBytes))
    return { kind: 'token-forged' }
  return { kind: 'verified', claims, host }
}

/** The clocks of host and service may differ by a minute. */
export function timeFault({ iat, exp }: Claims, nowMs: number): 'token-early' | 'token-expired' | undefined {
  const now = nowMs / 1000
  if (now < iat - skewSeconds) return 'token-early'
  return now >= exp + skewSeconds ? 'token-expired' : undefined
}

function isSignature(key: HostKey, text: string, signature: Uint8Array): boolean {
  if (key.kind === 'ed25519') {
    return signature.length === 64 && verify(null, Buffer.from(text), key.publicKey, signature)
  }
  const expected = createHmac('sha256', key.secret).update(text).digest()
  return signature.length === expected.length && timingSafeEqual(expected, signature)
}

/** Undefined where it is not the one spelling of its bytes: foreign characters, padding, unused bits that are not zero. */
function decodeBase64url(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.length > 0 && bytes.toString('base64url') === text ? bytes : undefined
}
