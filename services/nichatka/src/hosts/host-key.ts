/** A host's key as text: `hmac-sha256:` or `ed25519:`, and the key's bytes in base64url. */
import { createPublicKey, randomBytes } from 'node:crypto'
import type { HostKey } from './host.ts'

const newSecretBytes = 32
const minSecretBytes = 32
const maxSecretBytes = 64
const publicKeyBytes = 32

/** A secret for a host that shares one with the service. */
export function makeHostKey(): HostKey {
  return { kind: 'hmac-sha256', secret: Uint8Array.from(randomBytes(newSecretBytes)) }
}

/** Undefined where the text is no key. */
export function parseHostKey(text: string): HostKey | undefined {
  const [, kind, encoded = ''] = /^(hmac-sha256|ed25519):([A-Za-z0-9_-]{43,86})$/.exec(text) ?? []
  const bytes = Buffer.from(encoded, 'base64url')
  if (bytes.toString('base64url') !== encoded) return undefined // its unused bits are not zero
  if (kind === 'ed25519') return publicKeyOf(bytes)
  if (kind !== 'hmac-sha256' || bytes.length < minSecretBytes || bytes.length > maxSecretBytes)
    return undefined
  return { kind, secret: Uint8Array.from(bytes) }
}

export function encodeHostKey(key: HostKey): string {
  if (key.kind === 'hmac-sha256') return `${key.kind}:${Buffer.from(key.secret).toString('base64url')}`
  const { x } = key.publicKey.export({ format: 'jwk' })
  return `${key.kind}:${x}`
}

function publicKeyOf(bytes: Buffer): HostKey | undefined {
  if (bytes.length !== publicKeyBytes) return undefined
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }
    return { kind: 'ed25519', publicKey: createPublicKey({ key: jwk, format: 'jwk' }) }
  } catch {
    return undefined // no point of the curve
  }
}
