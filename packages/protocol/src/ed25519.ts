/** Ed25519 (RFC 8032) by WebCrypto. A private key is its 32-byte seed, a public key its 32 raw bytes. */
import { concatBytes } from './bytes.ts'

/** The PKCS #8 frame of an Ed25519 seed (RFC 8410 section 7). */
const PKCS8_PREFIX = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32)

export interface Ed25519KeyPair {
  readonly privateKey: Uint8Array
  readonly publicKey: Uint8Array
}

export async function newKeyPair(): Promise<Ed25519KeyPair> {
  return keyPairFromSeed(crypto.getRandomValues(new Uint8Array(32)))
}

export async function keyPairFromSeed(seed: Uint8Array): Promise<Ed25519KeyPair> {
  const key = await importSeed(seed, true)
  const { x } = await crypto.subtle.exportKey('jwk', key)
  return { privateKey: seed, publicKey: fromBase64Url(x!) }
}

/** @returns 64 bytes */
export async function sign(seed: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('Ed25519', await importSeed(seed, false), own(message)))
}

/** False as well for what is no key or no signature at all. */
export async function isSignedBy(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', own(publicKey), 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', key, own(signature), own(message))
  } catch {
    return false // not the encoding of a point
  }
}

function importSeed(seed: Uint8Array, extractable: boolean) {
  return crypto.subtle.importKey('pkcs8', concatBytes(PKCS8_PREFIX, seed), 'Ed25519', extractable, ['sign'])
}

/** WebCrypto refuses bytes in shared memory; ours never are. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>
}

function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
}
