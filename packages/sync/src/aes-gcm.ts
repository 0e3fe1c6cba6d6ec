/** AES-256-GCM by WebCrypto, with the tag behind the ciphertext. */
import { DecodeError } from '@veche/protocol'

/** What a ciphertext has more than its plaintext. */
export const TAG_BYTES = 16

export interface AesGcm {
  /** 32 bytes. */
  readonly key: Uint8Array
  /** 12 bytes, once under a key. */
  readonly nonce: Uint8Array
  readonly associatedData: Uint8Array
}

export async function seal(parameters: AesGcm, plaintext: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const key = await importKey(parameters.key, 'encrypt')
  return new Uint8Array(await crypto.subtle.encrypt(algorithm(parameters), key, new Uint8Array(plaintext)))
}

/** @throws DecodeError when the ciphertext is not what was sealed under exactly these parameters */
export async function open(parameters: AesGcm, ciphertext: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const key = await importKey(parameters.key, 'decrypt')
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm(parameters), key, new Uint8Array(ciphertext)))
  } catch (cause) {
    throw new DecodeError('ciphertext: not authentic', { cause })
  }
}

function importKey(key: Uint8Array, use: 'encrypt' | 'decrypt') {
  return crypto.subtle.importKey('raw', new Uint8Array(key), 'AES-GCM', false, [use])
}

function algorithm({ nonce, associatedData }: AesGcm) {
  return { name: 'AES-GCM', iv: new Uint8Array(nonce), additionalData: new Uint8Array(associatedData) }
}
