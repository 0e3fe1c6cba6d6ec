/**
 * Sealing of what the database stores (M15), on top of end-to-end encryption and never in its place: a copy of
 * the database without the master key, which lies outside its folder, tells nothing of the entries.
 *
 * master key --HKDF(purpose)--> wrapping key --AES-256-GCM(aad = purpose, id)--> wrapped data key, stored beside
 * its data; data key --AES-256-GCM(aad of the caller)--> sealed bytes.
 *
 * Wrapped keys and sealed bytes are: version (1) || nonce (12, random) || ciphertext || tag (16). Random nonces
 * allow 2^32 messages under one data key (NIST SP 800-38D section 8.3): a data key belongs to one chat or account.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { concatBytes, DecodeError, labelled, utf8 } from '@veche/protocol'

declare const brand: unique symbol
/** An unwrapped data key. Lives in memory only. */
export type DataKey = Uint8Array<ArrayBuffer> & { readonly [brand]: 'data key' }

const version = 1
const nonceBytes = 12
const tagBytes = 16
const keyBytes = 32
const maxCachedKeys = 1024

/** How many bytes sealing adds. */
export const sealedOverheadBytes = 1 + nonceBytes + tagBytes

export class Sealing {
  readonly #masterKey: Uint8Array
  /** Wrapped key and its place → data key; in order of last use. */
  readonly #cache = new Map<string, DataKey>()

  /** @param masterKey 32 bytes */
  constructor(masterKey: Uint8Array) {
    if (masterKey.length !== keyBytes) throw new TypeError(`a master key has ${keyBytes} bytes`)
    this.#masterKey = masterKey.slice()
  }

  /**
   * A new data key, wrapped for storage.
   * @param purpose names the kind of data, e.g. `chat log`; each has a wrapping key of its own
   * @param id what the key belongs to: a wrapped key moved to another id does not open
   */
  newDataKey(purpose: string, id: Uint8Array): Uint8Array<ArrayBuffer> {
    return this.seal(this.#wrappingKey(purpose), id, randomBytes(keyBytes))
  }

  /** @throws DecodeError where the wrapped key is another purpose's or id's, or was changed. */
  openDataKey(purpose: string, id: Uint8Array, wrapped: Uint8Array): DataKey {
    const place = [purpose, hex(id), hex(wrapped)].join(' ')
    const cached = this.#cache.get(place)
    const key = cached ?? (this.open(this.#wrappingKey(purpose), id, wrapped) as DataKey)
    if (key.length !== keyBytes) throw new DecodeError('data key: wrong length')
    this.#cache.delete(place)
    this.#cache.set(place, key)
    if (this.#cache.size > maxCachedKeys) this.#cache.delete(this.#cache.keys().next().value ?? '')
    return key
  }

  /** @param aad where the bytes belong; must be the same to open them */
  seal(key: DataKey, aad: Uint8Array, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(labelled('veche storage v1', aad))
    return concatBytes(
      Uint8Array.of(version),
      nonce,
      cipher.update(bytes),
      cipher.final(),
      cipher.getAuthTag(),
    )
  }

  /** @throws DecodeError where key, aad or bytes are not what was sealed. */
  open(key: DataKey, aad: Uint8Array, sealed: Uint8Array): Uint8Array<ArrayBuffer> {
    if (sealed.length < sealedOverheadBytes || sealed[0] !== version)
      throw new DecodeError('sealed bytes: malformed')
    const nonce = sealed.subarray(1, 1 + nonceBytes)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
    decipher.setAAD(labelled('veche storage v1', aad)).setAuthTag(sealed.subarray(-tagBytes))
    try {
      return concatBytes(decipher.update(sealed.subarray(1 + nonceBytes, -tagBytes)), decipher.final())
    } catch (cause) {
      throw new DecodeError('sealed bytes: not authentic', { cause })
    }
  }

  #wrappingKey(purpose: string): DataKey {
    const info = labelled('veche storage v1', utf8(purpose))
    return new Uint8Array(hkdfSync('sha256', this.#masterKey, new Uint8Array(), info, keyBytes)) as DataKey
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}
