/** Ed25519 (RFC 8032) by WebCrypto. A private key is its 32-byte seed, a public key its 32 raw bytes. */
import { concatBytes } from '@veche/protocol'

/** The PKCS #8 frame of an Ed25519 seed (RFC 8410 section 7). */
const PKCS8_PREFIX = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32)

export async function publicKeyOf(seed: Uint8Array): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('pkcs8', concatBytes(PKCS8_PREFIX, seed), 'Ed25519', true, [
    'sign',
  ])
  const { x } = await crypto.subtle.exportKey('jwk', key)
  return Uint8Array.from(atob(x!.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
}

/** @returns 64 bytes */
export async function sign(seed: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('pkcs8', concatBytes(PKCS8_PREFIX, seed), 'Ed25519', false, [
    'sign',
  ])
  return new Uint8Array(await crypto.subtle.sign('Ed25519', key, new Uint8Array(message)))
}

/** False as well for what is no key or no signature at all. */
export async function isSignedBy(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', new Uint8Array(publicKey), 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', key, new Uint8Array(signature), new Uint8Array(message))
  } catch {
    return false // not the encoding of a point
  }
}
