/**
 * The form that journals and history segments share: a header, then sealed blocks (docs/wire/history.md).
 *
 *   header  magic (7) || version (1) || file id (16)
 *   block   kind (1) || length (4) || NOT length (4) || nonce (12) || AES-256-GCM of `length` bytes || tag (16)
 *
 * Big-endian. Each file has a key of its own. Associated data: label || 0x00 || header || kind || length ||
 * NOT length || block number (4), so a block cannot be moved, dropped from the middle, or carried into another file unnoticed.
 *
 * Nonces are 96 random bits, never counters: a block cut off as torn may have been copied while it stood there, so
 * its counter could never be used again, and nothing on the disk would say so. With random nonces nothing needs to
 * be remembered; a file holds far fewer than 2^20 blocks, so one repeats with a probability below 2^-57.
 */
import { concatBytes, DecodeError, equalBytes, type Label, labelled, utf8 } from '@veche/protocol'
import type { AesKey } from './profile-key.ts'

export const FILE_ID_BYTES = 16
export const HEADER_BYTES = 24
const PREFIX_BYTES = 21
export const TAG_BYTES = 16
/** What a block adds to its content. */
export const BLOCK_OVERHEAD_BYTES = PREFIX_BYTES + TAG_BYTES
/** The most a block may hold: checked before anything of it is read. */
export const MAX_BLOCK_BYTES = 64 * 1024 * 1024

/** Blocks opened side by side: WebCrypto works in threads. */
const AT_ONCE = 64

export interface FileForm {
  /** 7 ASCII characters. */
  readonly magic: string
  readonly label: Label
}

/** Everything needed to seal and open a file's blocks. */
export interface SealedFile {
  readonly form: FileForm
  readonly id: Uint8Array
  /** AES-GCM, 256 bits, used for this file only. */
  readonly key: AesKey
}

export interface Block {
  readonly kind: number
  readonly number: number
  /** Of the block's first byte in the file. */
  readonly offset: number
  /** The whole block's. */
  readonly bytes: number
}

export interface OpenedBlock extends Block {
  readonly content: Uint8Array
}

/**
 * - `torn`: the file ends within a block: what a crash leaves of a block that nobody was told is stored.
 * - `damaged`: bytes that were stored have changed.
 */
export type Damage = {
  readonly kind: 'torn' | 'damaged'
  readonly offset: number
  readonly lostBytes: number
}

export function encodeHeader(form: FileForm, id: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(utf8(form.magic), Uint8Array.of(1), id)
}

/** The file id. @throws DecodeError */
export function decodeHeader(form: FileForm, file: Uint8Array): Uint8Array {
  if (file.length < HEADER_BYTES) throw new DecodeError('sealed file: no whole header')
  if (!equalBytes(file.subarray(0, 7), utf8(form.magic)))
    throw new DecodeError('sealed file: of another kind')
  if (file[7] !== 1) throw new DecodeError(`sealed file: version ${file[7]} is not known here`)
  return file.slice(8, HEADER_BYTES)
}

/** @throws RangeError when the content is longer than a block may be */
export async function sealBlock(
  file: SealedFile,
  number: number,
  kind: number,
  content: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  if (content.length > MAX_BLOCK_BYTES) throw new RangeError(`a block holds at most ${MAX_BLOCK_BYTES} bytes`)
  const prefix = new Uint8Array(PREFIX_BYTES)
  const view = new DataView(prefix.buffer)
  view.setUint8(0, kind)
  view.setUint32(1, content.length)
  view.setUint32(5, ~content.length)
  crypto.getRandomValues(prefix.subarray(9))
  const sealed = await crypto.subtle.encrypt(
    parameters(file, number, prefix),
    file.key,
    new Uint8Array(content),
  )
  return concatBytes(prefix, new Uint8Array(sealed))
}

/**
 * @param block exactly one block's bytes
 * @throws DecodeError
 */
export async function openBlock(file: SealedFile, number: number, block: Uint8Array): Promise<Uint8Array> {
  try {
    const sealed = new Uint8Array(block.subarray(PREFIX_BYTES))
    return new Uint8Array(await crypto.subtle.decrypt(parameters(file, number, block), file.key, sealed))
  } catch (cause) {
    throw new DecodeError('sealed file: a block is not authentic', { cause })
  }
}

/** Finds the blocks of a whole file by their lengths alone, opening none. */
export function walkBlocks(file: Uint8Array): { blocks: Block[]; damage: Damage | undefined } {
  const blocks: Block[] = []
  let offset = HEADER_BYTES
  while (offset < file.length) {
    const rest = file.subarray(offset)
    const bytes = blockLength(rest)
    if (bytes === undefined || bytes > rest.length) {
      return { blocks, damage: damageAt(file, offset, bytes === undefined ? 'damaged' : 'torn') }
    }
    blocks.push({ kind: rest[0]!, number: blocks.length, offset, bytes })
    offset += bytes
  }
  return { blocks, damage: undefined }
}

/** Opens the blocks of a whole file up to the first that is torn or not authentic. */
export async function openBlocks(
  file: SealedFile,
  bytes: Uint8Array,
): Promise<{ opened: OpenedBlock[]; damage: Damage | undefined }> {
  const { blocks, damage } = walkBlocks(bytes)
  const opened: OpenedBlock[] = []
  for (let start = 0; start < blocks.length; start += AT_ONCE) {
    const some = blocks.slice(start, start + AT_ONCE)
    const contents = await Promise.allSettled(
      some.map(({ number, offset, bytes: length }) =>
        openBlock(file, number, bytes.subarray(offset, offset + length)),
      ),
    )
    for (const [index, content] of contents.entries()) {
      const block = some[index]!
      if (content.status === 'rejected') return { opened, damage: damageAt(bytes, block.offset, 'damaged') }
      opened.push({ ...block, content: content.value })
    }
  }
  return { opened, damage }
}

function damageAt(file: Uint8Array, offset: number, kind: Damage['kind']): Damage {
  return { kind, offset, lostBytes: file.length - offset }
}

/**
 * The length of the block that `rest` starts with, which may be more than is there; undefined when it makes no
 * sense. Zeros to the end are what some file systems leave of a write that a power cut interrupted.
 */
function blockLength(rest: Uint8Array): number | undefined {
  if (rest.length < PREFIX_BYTES || rest.every((byte) => byte === 0)) return Number.POSITIVE_INFINITY
  const view = new DataView(rest.buffer, rest.byteOffset, PREFIX_BYTES)
  const length = view.getUint32(1)
  if (view.getUint32(5) !== ~length >>> 0 || length > MAX_BLOCK_BYTES) return undefined
  return length + BLOCK_OVERHEAD_BYTES
}

function parameters(file: SealedFile, number: number, prefix: Uint8Array) {
  const place = new Uint8Array(13)
  place.set(prefix.subarray(0, 9))
  new DataView(place.buffer).setUint32(9, number)
  return {
    name: 'AES-GCM',
    iv: prefix.slice(9, PREFIX_BYTES),
    additionalData: labelled(file.form.label, encodeHeader(file.form, file.id), place),
  }
}
