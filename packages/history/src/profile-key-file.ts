/**
 * The forms of `profile.key` (docs/wire/history.md):
 *
 *   kind 1, plain      start || key (32) || check
 *   kind 2, passphrase start || memory (4) || passes (4) || lanes (4) || salt (16) || nonce (12) || sealed key (48) || check
 *
 * with start = "VECHEPK" || version (1) || kind, integers big-endian, and check = the first 8 bytes of SHA-256 of all
 * before. The check tells damage from a wrong passphrase. The sealed key is AES-256-GCM under Argon2id (RFC 9106) of the
 * passphrase, with everything before the nonce as associated data.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, DecodeError, equalBytes, labelled, utf8 } from '@veche/protocol'
import {
  encodeStretching,
  readStretching,
  SALT_BYTES,
  STRETCHING,
  STRETCHING_BYTES,
  type Stretch,
  type Stretching,
  stretchedKey,
} from './stretching.ts'

const MAGIC = utf8('VECHEPK')
const VERSION = 1
const PLAIN = 1
const PASSPHRASE = 2
const START_BYTES = 9
const CHECK_BYTES = 8
const NONCE_BYTES = 12
const PLAIN_BYTES = START_BYTES + 32 + CHECK_BYTES
const SALT_AT = START_BYTES + STRETCHING_BYTES
const NONCE_AT = SALT_AT + SALT_BYTES
const SEALED_AT = NONCE_AT + NONCE_BYTES
const PASSPHRASE_BYTES = SEALED_AT + 48 + CHECK_BYTES

export type KeyFile =
  | { readonly kind: 'plain'; readonly key: Uint8Array }
  /** Everything is within its bounds. */
  | { readonly kind: 'passphrase'; readonly stretching: Stretching; readonly bytes: Uint8Array }

/** @throws DecodeError when it is damaged, of a form unknown here, or asks for too much work */
export function decodeKeyFile(bytes: Uint8Array): KeyFile {
  const length = { [PLAIN]: PLAIN_BYTES, [PASSPHRASE]: PASSPHRASE_BYTES }[bytes[START_BYTES - 1] ?? 0]
  const isKnown = equalBytes(bytes.subarray(0, 7), MAGIC) && bytes[7] === VERSION && length !== undefined
  if (!isKnown) throw new DecodeError('profile key: damaged or of a form that is not known here')
  if (bytes.length !== length || !equalBytes(withCheck(bytes.subarray(0, -CHECK_BYTES)), bytes)) {
    throw new DecodeError('profile key: damaged')
  }
  if (bytes[START_BYTES - 1] === PLAIN) return { kind: 'plain', key: bytes.slice(START_BYTES, -CHECK_BYTES) }
  return {
    kind: 'passphrase',
    stretching: readStretching(bytes.subarray(START_BYTES, SALT_AT), 'profile key'),
    bytes,
  }
}

export function encodePlain(key: Uint8Array): Uint8Array {
  return withCheck(concatBytes(startOf(PLAIN), key))
}

export async function sealKey(
  key: Uint8Array,
  passphrase: string,
  stretch: Stretch,
  stretching = STRETCHING,
): Promise<Uint8Array> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const start = concatBytes(startOf(PASSPHRASE), encodeStretching(stretching), salt)
  const wrapping = await stretchedKey(passphrase, salt, stretching, stretch)
  const sealed = await crypto.subtle.encrypt(sealing(start, iv), wrapping, new Uint8Array(key))
  return withCheck(concatBytes(start, iv, new Uint8Array(sealed)))
}

/** Undefined when the passphrase is not the one. */
export async function openSealedKey(
  { stretching, bytes }: Extract<KeyFile, { kind: 'passphrase' }>,
  passphrase: string,
  stretch: Stretch,
): Promise<Uint8Array | undefined> {
  const [start, iv] = [bytes.slice(0, NONCE_AT), bytes.slice(NONCE_AT, SEALED_AT)]
  const wrapping = await stretchedKey(passphrase, bytes.slice(SALT_AT, NONCE_AT), stretching, stretch)
  try {
    const sealed = bytes.slice(SEALED_AT, -CHECK_BYTES)
    return new Uint8Array(await crypto.subtle.decrypt(sealing(start, iv), wrapping, sealed))
  } catch {
    // The file is whole, as its check says: nothing else but the key can be wrong.
    return undefined
  }
}

function sealing(start: Uint8Array, iv: Uint8Array<ArrayBuffer>) {
  return { name: 'AES-GCM', iv, additionalData: labelled('veche local profile key v1', start) }
}

function startOf(kind: number): Uint8Array {
  return concatBytes(MAGIC, Uint8Array.of(VERSION, kind))
}

function withCheck(checked: Uint8Array): Uint8Array {
  return concatBytes(checked, sha256(checked).subarray(0, CHECK_BYTES))
}
