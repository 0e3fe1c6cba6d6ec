/** Tokens as a host's server signs them, written from docs/wire/nichatka.md alone. */
import { createHmac, randomBytes } from 'node:crypto'

export interface TestHost {
  readonly name: string
  /** HMAC-SHA256. */
  readonly secret: Uint8Array
  readonly origins: readonly string[]
  readonly getChanges: boolean
}

export function makeHost(name: string, origins: readonly string[], getChanges = true): TestHost {
  return { name, secret: randomBytes(32), origins, getChanges }
}

/** As the file of the hosts holds them. */
export function hostsFile(hosts: readonly TestHost[]): string {
  const entries = hosts.map(({ name, secret, origins, getChanges }) => [
    name,
    { key: `hmac-sha256:${Buffer.from(secret).toString('base64url')}`, origins, getChanges },
  ])
  return JSON.stringify(Object.fromEntries(entries))
}

export interface TestClaims {
  readonly aud?: string
  readonly iat?: number
  readonly exp?: number
  readonly jti?: string
}

/** @param sub the nickname; empty for the host itself */
export function signToken(host: TestHost, sub: string, claims: TestClaims = {}): string {
  const iat = claims.iat ?? Math.floor(Date.now() / 1000)
  const payload = {
    sub,
    aud: host.name,
    iat,
    exp: iat + 300,
    jti: randomBytes(12).toString('base64url'),
    ...claims,
  }
  return signText(host, JSON.stringify(payload))
}

/** Whatever the payload is. */
export function signText({ secret }: TestHost, payload: string): string {
  const text = `v1.${Buffer.from(payload).toString('base64url')}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}
