/**
 * The index of a segment, or of its first part while it grows: the grams and the folded texts of its messages in a
 * file of their own (docs/wire/history.md).
 *
 *   header | grams, which tell of most texts that they are not there | the folded texts
 *
 * A search opens one small block for a thousand messages, then perhaps a second one in which it looks for any text,
 * however short, exactly as it would in the messages.
 *
 * It is not needed for anything else, and is trusted with nothing but where to look: what is found by it is read in
 * the segment and compared once more. It has the segment's id, so that the index of one that stood here before
 * does not open; one that is missing or does not fit is made anew.
 */
import { create } from '@bufbuild/protobuf'
import { concatBytes, DecodeError, decodeMessage, encodeMessage, equalBytes } from '@veche/protocol'
import {
  SegmentIndexSchema,
  type SegmentTexts,
  SegmentTextsSchema,
} from '@veche/protocol/gen/local/v1/history_pb.js'
import { type Files, NoSpaceError } from './files.ts'
import { areGrams, gramsOf, mayContain } from './grams.ts'
import type { AesKey } from './profile-key.ts'
import {
  BLOCK_OVERHEAD_BYTES,
  decodeHeader,
  encodeHeader,
  type FileForm,
  MAX_BLOCK_BYTES,
  openBlock,
  type SealedFile,
  sealBlock,
  walkBlocks,
} from './sealed-file.ts'
import { TEXT_RULES } from './search-text.ts'

const GRAMS = 1
const TEXTS = 2

/** More than the header and the first block have. */
const START_BYTES = 17 * 1024

export const INDEX_FORM: FileForm = { magic: 'VECHEHX', label: 'veche local history index v1' }

export interface IndexPlace {
  readonly files: Files
  readonly path: string
  /** The segment's. */
  readonly id: Uint8Array
  /** Of this index alone. */
  readonly key: () => Promise<AesKey>
}

/** What of its segment an index covers: the first so many messages, which end at `bytes`. */
export interface Covered {
  readonly bytes: number
  readonly entries: number
  readonly lastTag: Uint8Array
}

export interface SearchIndex {
  readonly covered: Covered
  /** Which of the covered messages contain `sought`, which is folded: ordinals, ascending. @throws DecodeError */
  find(sought: string): Promise<number[]>
}

/** Undefined where there is none of these rules that opens. */
export async function openIndex(place: IndexPlace): Promise<SearchIndex | undefined> {
  try {
    const start = await place.files.readRange(place.path, 0, START_BYTES)
    if (start === undefined) return undefined
    const file = await openFile(place, start)
    const { rules, grams, covered, texts } = await openGrams(file, start)
    if (rules !== TEXT_RULES || !areGrams(grams)) return undefined
    return {
      covered,
      async find(sought) {
        if (!mayContain(grams, sought, seedOf(place))) return []
        return textsWith(await openTexts(file, await place.files.readRange(place.path, ...texts)), sought)
      },
    }
  } catch (cause) {
    if (cause instanceof DecodeError) return undefined
    throw cause
  }
}

/** Makes the index, or makes it anew; leaves it where there is no space, or a block would be too long. */
export async function writeIndex(
  place: IndexPlace,
  { bytes: segmentBytes, lastTag }: Pick<Covered, 'bytes' | 'lastTag'>,
  folded: readonly string[],
): Promise<void> {
  const lengths = folded.map((text) => text.length)
  const texts = encodeMessage(
    SegmentTextsSchema,
    create(SegmentTextsSchema, { texts: folded.join(''), lengths }),
  )
  if (texts.length > MAX_BLOCK_BYTES) return
  const index = create(SegmentIndexSchema, {
    rules: TEXT_RULES,
    segmentBytes,
    entries: folded.length,
    lastTag,
    grams: gramsOf(folded, seedOf(place)),
    textsBytes: texts.length + BLOCK_OVERHEAD_BYTES,
  })
  const file = { form: INDEX_FORM, id: place.id, key: await place.key() }
  const bytes = concatBytes(
    encodeHeader(INDEX_FORM, place.id),
    await sealBlock(file, 0, GRAMS, encodeMessage(SegmentIndexSchema, index)),
    await sealBlock(file, 1, TEXTS, texts),
  )
  try {
    await place.files.replace(place.path, bytes)
  } catch (cause) {
    if (!(cause instanceof NoSpaceError)) throw cause
  }
}

async function openFile({ id, key }: IndexPlace, start: Uint8Array): Promise<SealedFile> {
  if (!equalBytes(decodeHeader(INDEX_FORM, start), id)) throw new DecodeError('index: of another segment')
  return { form: INDEX_FORM, id, key: await key() }
}

async function openGrams(file: SealedFile, start: Uint8Array) {
  const [block] = walkBlocks(start).blocks
  if (block?.kind !== GRAMS) throw new DecodeError('index: its first block is not whole')
  const end = block.offset + block.bytes
  const content = await openBlock(file, 0, start.subarray(block.offset, end))
  const index = decodeMessage(SegmentIndexSchema, content, MAX_BLOCK_BYTES)
  const { rules, segmentBytes, entries, lastTag, grams, textsBytes } = index
  return {
    rules,
    grams,
    covered: { bytes: segmentBytes, entries, lastTag },
    texts: [end, textsBytes] as const,
  }
}

async function openTexts(file: SealedFile, block: Uint8Array | undefined): Promise<SegmentTexts> {
  if (block?.[0] !== TEXTS) throw new DecodeError('index: its second block is not there')
  return decodeMessage(SegmentTextsSchema, await openBlock(file, 1, block), MAX_BLOCK_BYTES)
}

function seedOf({ id }: IndexPlace): number {
  return new DataView(id.buffer, id.byteOffset).getUint32(0)
}

/** The ordinals of the texts that contain `sought`. */
function textsWith({ texts, lengths }: SegmentTexts, sought: string): number[] {
  const found: number[] = []
  let start = 0
  let next = texts.indexOf(sought)
  for (const [ordinal, length] of lengths.entries()) {
    if (next < start) next = texts.indexOf(sought, start)
    if (next === -1) break
    // What begins in one text and ends in the next is in neither.
    if (next + sought.length <= start + length) found.push(ordinal)
    start += length
  }
  return found
}
