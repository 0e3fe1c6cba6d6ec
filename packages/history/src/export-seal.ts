/**
 * The seal of an exported file (docs/wire/history.md): a header, then blocks up to one that is the last.
 *
 *   header (60) "VECHEEX" || version (1) || memory (4) || passes (4) || lanes (4) || salt (16) || proof (16) || check (8)
 *   block       kind (1) || length (4) || AES-256-GCM of `length` bytes || tag (16)
 *
 * Big-endian. The key is Argon2id of the passphrase with the salt, which is random: no other file has this key, and a
 * file is written once, from its beginning to its end. So the nonce of a block can be its number, which binds the block
 * to its place; the proof, of nothing, has the last of all numbers. Associated data: label || header up to the proof,
 * and for a block kind and length. The kind says whether it is the last, so a file that was cut tells so.
 *
 * The check, the first 8 bytes of SHA-256 of all before, tells damage from a passphrase that is another.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, DecodeError, equalBytes, labelled, utf8 } from '@veche/protocol'
import type { AesKey } from './profile-key.ts'
import { TAG_BYTES } from './sealed-file.ts'
import {
  encodeStretching,
  readStretching,
  SALT_BYTES,
  STRETCHING,
  STRETCHING_BYTES,
  type Stretch,
  stretchedKey,
} from './stretching.ts'

const START = concatBytes(utf8('VECHEEX'), Uint8Array.of(1))
const SALT_AT = START.length + STRETCHING_BYTES
const PROOF_AT = SALT_AT + SALT_BYTES
const CHECK_AT = PROOF_AT + TAG_BYTES
const CHECK_BYTES = 8
export const EXPORT_HEADER_BYTES = CHECK_AT + CHECK_BYTES
export const PREFIX_BYTES = 5
/** What a block may hold: checked before anything of it is read. */
export const MAX_PART_BYTES = 1024 * 1024

const MORE = 1
const LAST = 2
/** Greater than the number of any block. */
const NO_NUMBER = 2 ** 32

/** What seals and opens the blocks of one file. */
export interface ExportSeal {
  readonly header: Uint8Array
  readonly key: AesKey
}

export interface BlockPrefix {
  /** Without prefix and tag. */
  readonly length: number
  readonly isLast: boolean
}

/** Begins a file: with a salt of its own. */
export async function newSeal(passphrase: string, stretch: Stretch, how = STRETCHING): Promise<ExportSeal> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))
  const start = concatBytes(START, encodeStretching(how), salt)
  const key = await stretchedKey(passphrase, salt, how, stretch)
  const proof = await crypto.subtle.encrypt(parameters(start, NO_NUMBER), key, new Uint8Array())
  return { header: withCheck(concatBytes(start, new Uint8Array(proof))), key }
}

/**
 * @returns undefined when the passphrase is another
 * @throws DecodeError when the header is damaged, of a form unknown here, or asks for too little or too much work: none
 * was done then
 */
export async function openSeal(
  header: Uint8Array,
  passphrase: string,
  stretch: Stretch,
): Promise<ExportSeal | undefined> {
  if (header.length !== EXPORT_HEADER_BYTES || !equalBytes(header.subarray(0, START.length), START)) {
    throw new DecodeError('exported history: damaged, or of a form that is not known here')
  }
  if (!equalBytes(withCheck(header.subarray(0, CHECK_AT)), header)) {
    throw new DecodeError('exported history: its header is damaged')
  }
  const how = readStretching(header.subarray(START.length, SALT_AT), 'exported history')
  const start = header.slice(0, PROOF_AT)
  const key = await stretchedKey(passphrase, header.slice(SALT_AT, PROOF_AT), how, stretch)
  const isKey = await crypto.subtle
    .decrypt(parameters(start, NO_NUMBER), key, header.slice(PROOF_AT, CHECK_AT))
    .then(
      () => true,
      () => false,
    )
  return isKey ? { header: header.slice(), key } : undefined
}

/** @throws RangeError when the content is longer than a block may be */
export async function sealPart(
  { header, key }: ExportSeal,
  number: number,
  content: Uint8Array,
  { isLast }: { readonly isLast: boolean },
): Promise<Uint8Array<ArrayBuffer>> {
  if (content.length > MAX_PART_BYTES) throw new RangeError(`a block holds at most ${MAX_PART_BYTES} bytes`)
  const prefix = new Uint8Array(PREFIX_BYTES)
  prefix[0] = isLast ? LAST : MORE
  new DataView(prefix.buffer).setUint32(1, content.length)
  const how = parameters(header.subarray(0, PROOF_AT), number, prefix)
  return concatBytes(prefix, new Uint8Array(await crypto.subtle.encrypt(how, key, new Uint8Array(content))))
}

/** @throws DecodeError when it cannot be the beginning of a block */
export function readPrefix(prefix: Uint8Array): BlockPrefix {
  if (prefix.length !== PREFIX_BYTES) throw new DecodeError('exported history: it ends too early')
  const length = new DataView(prefix.buffer, prefix.byteOffset).getUint32(1)
  const isBlock = (prefix[0] === MORE || prefix[0] === LAST) && length <= MAX_PART_BYTES
  if (!isBlock) throw new DecodeError('exported history: a block is damaged')
  return { length, isLast: prefix[0] === LAST }
}

/** @param block exactly one block's bytes. @throws DecodeError */
export async function openPart(
  { header, key }: ExportSeal,
  number: number,
  block: Uint8Array,
): Promise<Uint8Array> {
  const how = parameters(header.subarray(0, PROOF_AT), number, block.slice(0, PREFIX_BYTES))
  try {
    return new Uint8Array(await crypto.subtle.decrypt(how, key, new Uint8Array(block.subarray(PREFIX_BYTES))))
  } catch (cause) {
    throw new DecodeError('exported history: a block is not authentic', { cause })
  }
}

function parameters(start: Uint8Array, number: number, prefix: Uint8Array = new Uint8Array()) {
  const iv = new Uint8Array(12)
  new DataView(iv.buffer).setBigUint64(4, BigInt(number))
  return { name: 'AES-GCM', iv, additionalData: labelled('veche exported history v1', start, prefix) }
}

function withCheck(checked: Uint8Array): Uint8Array {
  return concatBytes(checked, sha256(checked).subarray(0, CHECK_BYTES))
}
