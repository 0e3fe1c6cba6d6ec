/**
 * Sealing of what the database stores (M15), on top of end-to-end encryption and never in its place: a copy of
 * the database without the key file, which lies outside its folder, tells nothing of the entries.
 *
 * master key --HKDF(purpose)--> wrapping key --AES-256-GCM--> wrapped data key, stored in a row of its own; data key
 * --AES-256-GCM(aad of the caller)--> sealed bytes. Each names the key it is under, so that keys can be replaced while
 * the server runs. docs/wire/at-rest.md has both versions of the format; version 1 is only read.
 *
 * Random nonces allow 2^32 messages under one data key (NIST SP 800-38D section 8.3): a data key belongs to one chat
 * or service.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { concatBytes, DecodeError, type Label, labelled, utf8 } from '@veche/protocol'
import { type MasterKey, type MasterKeyId, MissingMasterKeyError } from './key-ring.ts'
import { MasterKeys } from './master-keys.ts'

/** A data key that has been opened. Lives in memory only. */
export interface DataKey {
  readonly id: DataKeyId
  readonly key: Uint8Array
}

/** 16 hexadecimal digits. */
export type DataKeyId = string

/** Where a wrapped data key belongs: moved elsewhere it does not open. */
export interface DataKeyPlace {
  /** The kind of data, e.g. `chat log`; each has a wrapping key of its own. */
  readonly purpose: string
  /** What the key belongs to, e.g. a chat's id. */
  readonly owner: Uint8Array
  readonly id: DataKeyId
}

export interface WrappedDataKey {
  readonly wrapped: Uint8Array
  readonly masterKey: MasterKeyId
}

const version = 2
const labels: Record<number, Label> = { 1: 'veche storage v1', 2: 'veche storage v2' }
const idBytes = 8
const nonceBytes = 12
const tagBytes = 16
const keyBytes = 32
const headBytes = 1 + idBytes
const boxOverheadBytes = nonceBytes + tagBytes

/** The one data key that sealed bytes of version 1 may be under: they name none. */
export const firstDataKeyId: DataKeyId = '0'.repeat(2 * idBytes)
/** How many bytes sealing adds. */
export const sealedOverheadBytes = headBytes + boxOverheadBytes

export class Sealing {
  readonly #masterKeys: MasterKeys

  /** @param masterKeys the ring of a file, or one key that never changes (32 bytes) */
  constructor(masterKeys: MasterKeys | Uint8Array) {
    this.#masterKeys = masterKeys instanceof MasterKeys ? masterKeys : MasterKeys.of(masterKeys)
  }

  /** Of the master key that new data keys are wrapped under. */
  get currentMasterKey(): MasterKeyId {
    return this.#masterKeys.ring.current.id
  }

  /** Takes up a changed key file. @throws MasterKeyError where it cannot be used; the present ring stays. */
  refresh(): Promise<void> {
    return this.#masterKeys.refresh()
  }

  /** A new data key, wrapped for storage under the current master key. */
  newDataKey(purpose: string, owner: Uint8Array): DataKeyPlace & WrappedDataKey {
    const place = { purpose, owner, id: randomBytes(idBytes).toString('hex') }
    return { ...place, ...this.#wrap(place, randomBytes(keyBytes)) }
  }

  /**
   * @throws DecodeError where the wrapped key is another place's, or was changed
   * @throws MissingMasterKeyError where the ring has not the master key that it names
   */
  openDataKey(place: DataKeyPlace, wrapped: Uint8Array): DataKey {
    return { id: place.id, key: this.#unwrap(place, wrapped) }
  }

  /** The same data key under the current master key. @throws as `openDataKey` */
  rewrap(place: DataKeyPlace, wrapped: Uint8Array): WrappedDataKey {
    const key = this.#unwrap(place, wrapped)
    const rewrapped = this.#wrap(place, key)
    key.fill(0)
    return rewrapped
  }

  /** @param aad where the bytes belong; must be the same to open them */
  seal({ id, key }: DataKey, aad: Uint8Array, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const head = concatBytes(Uint8Array.of(version), fromHex(id))
    return concatBytes(head, encrypt(key, labelled(labels[version]!, fromHex(id), aad), bytes))
  }

  /** @throws DecodeError where key, aad or bytes are not what was sealed. */
  open({ id, key }: DataKey, aad: Uint8Array, sealed: Uint8Array): Uint8Array<ArrayBuffer> {
    if (dataKeyIdOf(sealed) !== id) throw new DecodeError('sealed bytes: under another data key')
    return sealed[0] === 1
      ? decrypt(key, labelled(labels[1]!, aad), sealed.subarray(1))
      : decrypt(key, labelled(labels[version]!, fromHex(id), aad), sealed.subarray(headBytes))
  }

  #wrap(place: DataKeyPlace, key: Uint8Array): WrappedDataKey {
    const { current } = this.#masterKeys.ring
    const aad = labelled(labels[version]!, fromHex(current.id), fromHex(place.id), place.owner)
    const head = concatBytes(Uint8Array.of(version), fromHex(current.id))
    const box = encrypt(wrappingKey(current, labels[version]!, place.purpose), aad, key)
    return { wrapped: concatBytes(head, box), masterKey: current.id }
  }

  #unwrap(place: DataKeyPlace, wrapped: Uint8Array): Uint8Array {
    const key = wrapped[0] === 1 ? this.#unwrapFirst(place, wrapped) : this.#unwrapNamed(place, wrapped)
    if (key.length !== keyBytes) throw new DecodeError('data key: wrong length')
    return key
  }

  #unwrapNamed(place: DataKeyPlace, wrapped: Uint8Array): Uint8Array {
    const id = namedIn(wrapped)
    const master = this.#masterKeys.ring.find(id)
    if (master === undefined) throw new MissingMasterKeyError(id)
    const aad = labelled(labels[version]!, fromHex(id), fromHex(place.id), place.owner)
    return decrypt(wrappingKey(master, labels[version]!, place.purpose), aad, wrapped.subarray(headBytes))
  }

  /** Version 1 names no master key: it is under the one there was then. */
  #unwrapFirst({ purpose, owner, id }: DataKeyPlace, wrapped: Uint8Array): Uint8Array {
    if (id !== firstDataKeyId) throw new DecodeError('data key: version 1 under a later id')
    for (const master of this.#masterKeys.ring.keys.toReversed()) {
      try {
        return decrypt(
          wrappingKey(master, labels[1]!, purpose),
          labelled(labels[1]!, owner),
          wrapped.subarray(1),
        )
      } catch {
        // Under another one of the ring, or of none.
      }
    }
    throw new DecodeError('data key: under none of the master keys')
  }
}

/** The data key that sealed bytes name. @throws DecodeError */
export function dataKeyIdOf(sealed: Uint8Array): DataKeyId {
  return sealed[0] === 1 ? firstDataKeyId : namedIn(sealed)
}

function namedIn(bytes: Uint8Array): string {
  if (bytes[0] !== version || bytes.length < headBytes) throw new DecodeError('sealed bytes: malformed')
  return hex(bytes.subarray(1, headBytes))
}

function wrappingKey({ key }: MasterKey, label: Label, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), labelled(label, utf8(purpose)), keyBytes))
}

function encrypt(key: Uint8Array, aad: Uint8Array, bytes: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad)
  return concatBytes(nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag())
}

function decrypt(key: Uint8Array, aad: Uint8Array, box: Uint8Array): Uint8Array<ArrayBuffer> {
  if (box.length < boxOverheadBytes) throw new DecodeError('sealed bytes: malformed')
  const nonce = box.subarray(0, nonceBytes)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  decipher.setAAD(aad).setAuthTag(box.subarray(-tagBytes))
  try {
    return concatBytes(decipher.update(box.subarray(nonceBytes, -tagBytes)), decipher.final())
  } catch (cause) {
    throw new DecodeError('sealed bytes: not authentic', { cause })
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}

function fromHex(text: string): Uint8Array {
  return Buffer.from(text, 'hex')
}
