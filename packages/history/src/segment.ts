/**
 * One segment of a history: a sealed file of at most about a thousand messages (docs/wire/history.md).
 *
 *   header | table of all earlier segments | messages | messages | … | directory, once it is full
 *
 * States: the newest segment grows until it is full or found damaged; every other one never changes. A full one
 * is read through its directory, which is fetched when first needed; one without is read from its start to its end
 * or the first damage.
 *
 * Damage never makes reading fail: what cannot be opened is reported and left out.
 */
import { create } from '@bufbuild/protobuf'
import {
  concatBytes,
  DecodeError,
  decodeMessage,
  encodeMessage,
  equalBytes,
  type MessageId,
} from '@veche/protocol'
import { type SegmentSummary, SegmentTableSchema } from '@veche/protocol/gen/local/v1/history_pb.js'
import type { Files } from './files.ts'
import { decodeBatch, encodeBatch, type HistoryEntry } from './history-entry.ts'
import { bounds } from './positions.ts'
import {
  type Damage,
  encodeHeader,
  type FileForm,
  HEADER_BYTES,
  MAX_BLOCK_BYTES,
  openBlock,
  openBlocks,
  type SealedFile,
  sealBlock,
  TAG_BYTES,
} from './sealed-file.ts'
import { type BatchPlace, decodeDirectory, encodeDirectory, placeOf } from './segment-directory.ts'
import type { IndexPlace } from './segment-index.ts'
import { Tail } from './tail.ts'

const TABLE = 1
const BATCH = 2
const DIRECTORY = 3

/** Full at whichever comes first. */
const MAX_ENTRIES = 1024
const MAX_BYTES = 1024 * 1024

export const SEGMENT_FORM: FileForm = { magic: 'VECHEHS', label: 'veche local history v1' }

/** What a segment's table says of an earlier one; the wire form of the same name without its wrapping. */
export interface SegmentFacts {
  readonly bytes: number
  readonly directory: { readonly offset: number; readonly number: number } | undefined
  readonly entries: number
  readonly first: bigint
  readonly last: bigint
}

export class Segment {
  readonly number: number
  readonly id: Uint8Array
  readonly index: IndexPlace
  readonly #files: Files
  readonly #path: string
  readonly #file: SealedFile
  readonly #report: (damage: Damage) => void
  readonly #tail: Tail
  #facts: SegmentFacts
  #places: Promise<BatchPlace[]> | undefined
  #isSound: boolean
  /** Blocks that did not open: as if they were not there, so that their messages may be appended again. */
  readonly #lost = new Set<BatchPlace>()

  constructor(place: SegmentPlace, facts: SegmentFacts, places?: BatchPlace[], isSound = true) {
    this.number = place.number
    this.id = place.file.id
    this.index = place.index
    this.#files = place.files
    this.#path = place.path
    this.#file = place.file
    this.#report = place.report
    this.#tail = new Tail(place.files, place.path, facts.bytes)
    this.#facts = facts
    this.#places = places && Promise.resolve(places)
    this.#isSound = isSound
  }

  get facts(): SegmentFacts {
    return this.#facts
  }

  get isFull(): boolean {
    return this.#facts.entries >= MAX_ENTRIES || this.#facts.bytes >= MAX_BYTES
  }

  /** Whether it changes no more. */
  get isClosed(): boolean {
    return this.#facts.directory !== undefined
  }

  /** Whether messages may still be added to it. */
  get grows(): boolean {
    return this.#isSound && this.#facts.directory === undefined
  }

  /** How many of these blocks it takes before it is full: one at least. */
  countFitting(batches: readonly (readonly HistoryEntry[])[]): number {
    let { entries, bytes } = this.#facts
    const firstBeyond = batches.findIndex((batch) => {
      if (entries >= MAX_ENTRIES || bytes >= MAX_BYTES) return true
      entries += batch.length
      bytes += batch.reduce((sum, { content }) => sum + content.length, 0)
      return false
    })
    return firstBeyond === -1 ? batches.length : Math.max(1, firstBeyond)
  }

  /** Its blocks of messages, in the order of the file, without those that were found damaged. */
  async places(): Promise<BatchPlace[]> {
    return (await this.#allPlaces()).filter((place) => !this.#lost.has(place))
  }

  /** Which messages these are, by their order in the file; without those of a block that was found damaged. */
  async locate(ordinals: readonly number[]): Promise<LocatedEntry[]> {
    const all = (await this.#allPlaces()).flatMap((place) =>
      place.entries.map((entry) => ({ ...entry, place })),
    )
    return ordinals.flatMap((ordinal) => all[ordinal] ?? []).filter(({ place }) => !this.#lost.has(place))
  }

  /** The messages of a block; none, and a report, when it is damaged. */
  async read(place: BatchPlace): Promise<HistoryEntry[]> {
    const block = await this.#files.readRange(this.#path, place.offset, place.bytes)
    return this.#decode(place, block)
  }

  /** The messages of the blocks from `offset` on that are not damaged, in the order of the file; read at once. */
  async readFrom(offset: number): Promise<SegmentPart> {
    const places = (await this.#allPlaces()).filter((place) => place.offset >= offset)
    const end = places.reduce((last, place) => Math.max(last, place.offset + place.bytes), offset)
    const start = Math.max(0, offset - TAG_BYTES)
    const bytes = (await this.#files.readRange(this.#path, start, end - start)) ?? new Uint8Array()
    const batches = await Promise.all(
      places
        .filter((place) => !this.#lost.has(place))
        .map((place) =>
          this.#decode(place, bytes.subarray(place.offset - start, place.offset + place.bytes - start)),
        ),
    )
    const entries = batches.flat()
    return {
      entries,
      isWhole: entries.length === countIn(places),
      bytes: end,
      precedingTag: bytes.subarray(0, offset - start),
      lastTag: bytes.slice(-TAG_BYTES),
    }
  }

  async #decode(place: BatchPlace, block: Uint8Array | undefined): Promise<HistoryEntry[]> {
    try {
      return decodeBatch(await this.#openBlock(place, block, BATCH))
    } catch (cause) {
      if (!(cause instanceof DecodeError)) throw cause
      this.#lost.add(place)
      this.#isSound = false
      this.#report({ kind: 'damaged', offset: place.offset, lostBytes: place.bytes })
      return []
    }
  }

  /**
   * Adds blocks of messages with one write. A crash leaves any number of whole blocks of them, from the first on.
   * @throws NoSpaceError
   */
  async append(batches: readonly (readonly HistoryEntry[])[]): Promise<void> {
    const places = await this.#allPlaces()
    const added: BatchPlace[] = []
    const blocks: Uint8Array[] = []
    let offset = this.#tail.bytes
    for (const entries of batches) {
      const number = places.length + added.length + 1
      const block = await sealBlock(this.#file, number, BATCH, encodeBatch(entries))
      blocks.push(block)
      added.push(placeOf(entries, offset, block.length, number))
      offset += block.length
    }
    await this.#tail.append(concatBytes(...blocks))
    places.push(...added)
    this.#facts = factsOf(places, this.#tail.bytes, undefined)
  }

  /** Ends a full segment with its directory. @throws NoSpaceError */
  async close(): Promise<void> {
    const places = await this.#allPlaces()
    const number = places.length + 1
    const offset = this.#tail.bytes
    await this.#tail.append(await sealBlock(this.#file, number, DIRECTORY, encodeDirectory(places)))
    this.#facts = factsOf(places, this.#tail.bytes, { offset, number })
  }

  /** Lets go of where its messages are, which is read again when it is asked for; what was found lost stays known. */
  forget(): void {
    if (this.isClosed && this.#lost.size === 0) this.#places = undefined
  }

  /** Reads all of it and reports what is damaged. */
  async verify(): Promise<void> {
    const bytes = (await this.#files.read(this.#path)) ?? new Uint8Array()
    const lostBytes = this.#facts.bytes - bytes.length
    if (lostBytes > 0) this.#report({ kind: 'damaged', offset: bytes.length, lostBytes })
    else await readWhole(this.#file, bytes, this.#report)
    // Its blocks open without it, for the table names the id; without both nothing of it would.
    const header = encodeHeader(SEGMENT_FORM, this.#file.id)
    if (!equalBytes(bytes.subarray(0, HEADER_BYTES), header)) {
      this.#report({ kind: 'damaged', offset: 0, lostBytes: HEADER_BYTES })
    }
  }

  #allPlaces(): Promise<BatchPlace[]> {
    this.#places ??= this.#findPlaces()
    return this.#places
  }

  async #findPlaces(): Promise<BatchPlace[]> {
    const { directory, bytes } = this.#facts
    if (directory !== undefined) {
      const place = { ...directory, bytes: bytes - directory.offset }
      try {
        const block = await this.#files.readRange(this.#path, place.offset, place.bytes)
        return decodeDirectory(await this.#openBlock(place, block, DIRECTORY))
      } catch (cause) {
        if (!(cause instanceof DecodeError)) throw cause
        this.#report({ kind: 'damaged', offset: place.offset, lostBytes: place.bytes })
      }
    }
    const whole = await this.#files.read(this.#path)
    return whole === undefined ? [] : (await readWhole(this.#file, whole, this.#report)).places
  }

  async #openBlock(
    place: { number: number },
    block: Uint8Array | undefined,
    kind: number,
  ): Promise<Uint8Array> {
    if (block?.[0] !== kind) throw new DecodeError('segment: a block is not where it was')
    return openBlock(this.#file, place.number, block)
  }
}

/** Some messages of a segment, up to the end of what there is of them. */
export interface SegmentPart {
  readonly entries: HistoryEntry[]
  /** Whether none of them was damaged. */
  readonly isWhole: boolean
  /** Where in the file they end. */
  readonly bytes: number
  /** What ends right before them; empty at the start of the file. */
  readonly precedingTag: Uint8Array
  /** What ends there. */
  readonly lastTag: Uint8Array
}

/** One message of a segment, and the block that holds it. */
export interface LocatedEntry {
  readonly position: bigint
  readonly messageId: MessageId
  readonly place: BatchPlace
}

export interface SegmentPlace {
  readonly files: Files
  readonly path: string
  readonly number: number
  readonly file: SealedFile
  readonly index: IndexPlace
  /** Told of what cannot be opened, perhaps more than once. */
  readonly report: (damage: Damage) => void
}

/** Makes a segment in one piece. @throws NoSpaceError */
export async function createSegment(place: SegmentPlace, earlier: readonly Segment[]): Promise<Segment> {
  const table = create(SegmentTableSchema, { segments: earlier.map(toSummary) })
  const block = await sealBlock(place.file, 0, TABLE, encodeMessage(SegmentTableSchema, table))
  const bytes = concatBytes(encodeHeader(SEGMENT_FORM, place.file.id), block)
  await place.files.replace(place.path, bytes)
  return new Segment(place, factsOf([], bytes.length, undefined), [])
}

/** Opens a segment that no table tells of, or whose table cannot be trusted, by reading it whole. */
export async function readSegment(
  place: SegmentPlace,
  bytes: Uint8Array,
): Promise<{ segment: Segment; table: readonly SegmentSummary[] | undefined; damage: Damage | undefined }> {
  const { places, table, directory, damage } = await readWhole(place.file, bytes, place.report)
  const isSound = damage === undefined && table !== undefined
  return {
    segment: new Segment(place, factsOf(places, bytes.length, directory), places, isSound),
    table,
    damage,
  }
}

export function factsFromSummary(summary: SegmentSummary): SegmentFacts {
  const { bytes, entries, firstPosition: first, lastPosition: last } = summary
  const directory =
    summary.directoryNumber === 0
      ? undefined
      : { offset: summary.directoryOffset, number: summary.directoryNumber }
  return { bytes, directory, entries, first, last }
}

function toSummary(segment: Segment) {
  const { bytes, directory, entries, first, last } = segment.facts
  return {
    number: segment.number,
    id: segment.id,
    bytes,
    directoryOffset: directory?.offset ?? 0,
    directoryNumber: directory?.number ?? 0,
    entries,
    firstPosition: first,
    lastPosition: last,
  }
}

interface Contents {
  readonly places: BatchPlace[]
  readonly table: readonly SegmentSummary[] | undefined
  readonly directory: { readonly offset: number; readonly number: number } | undefined
  readonly damage: Damage | undefined
}

async function readWhole(
  file: SealedFile,
  bytes: Uint8Array,
  report: (damage: Damage) => void,
): Promise<Contents> {
  const { opened, damage } = await openBlocks(file, bytes)
  if (damage !== undefined) report(damage)
  const places: BatchPlace[] = []
  let table: readonly SegmentSummary[] | undefined
  let directory: { offset: number; number: number } | undefined
  for (const { kind, content, offset, bytes: length, number } of opened) {
    if (kind === TABLE) table = decodeMessage(SegmentTableSchema, content, MAX_BLOCK_BYTES).segments
    else if (kind === BATCH) places.push(placeOf(decodeBatch(content), offset, length, number))
    else if (kind === DIRECTORY) directory = { offset, number }
    else throw new DecodeError('segment: a kind of block that is not known here')
  }
  return { places, table, directory, damage }
}

function factsOf(
  places: readonly BatchPlace[],
  bytes: number,
  directory: SegmentFacts['directory'],
): SegmentFacts {
  const entries = countIn(places)
  return { bytes, directory, entries, ...bounds(places.flatMap(({ first, last }) => [first, last])) }
}

function countIn(places: readonly BatchPlace[]): number {
  return places.reduce((sum, { entries }) => sum + entries.length, 0)
}
