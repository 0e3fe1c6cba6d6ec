/** Ed25519 (RFC 8032) by node:crypto, with public keys as their 32 raw bytes. */
import {
  createPrivateKey,
  createPublicKey,
  sign as cryptoSign,
  generateKeyPairSync,
  type KeyObject,
  verify,
} from 'node:crypto'
import { ed25519PublicKey } from '@veche/service-kit'

export interface SigningKey {
  readonly privateKey: KeyObject
  /** 32 bytes. */
  readonly publicKey: Uint8Array
}

/** A new private key as PKCS #8. */
export function createSigningKey(): Uint8Array {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' })
}

export function openSigningKey(pkcs8: Uint8Array): SigningKey {
  const privateKey = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { privateKey, publicKey: Uint8Array.from(Buffer.from(x ?? '', 'base64url')) }
}

export function sign({ privateKey }: SigningKey, message: Uint8Array): Uint8Array {
  return cryptoSign(null, message, privateKey)
}

/** False as well for what is no key or no signature at all. */
export function isSignedBy(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false
  try {
    return verify(null, message, ed25519PublicKey(publicKey), signature)
  } catch {
    return false // not the encoding of a point
  }
}
