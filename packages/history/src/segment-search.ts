/**
 * Searching segments, newest first, so that the first results are there before the rest was looked at. What an
 * index covers is looked for there, and what it finds is read in the segment; the rest, and a segment without an
 * index, is read from the segment. One that has much of a rest gets its index anew by it.
 *
 * Segments may overlap in positions. What was found in one is held back until no segment that was not looked at
 * can hold anything newer.
 */
import { DecodeError, equalBytes } from '@veche/protocol'
import type { HistoryEntry } from './history-entry.ts'
import { comparePositions } from './positions.ts'
import { foldText, searchedText } from './search-text.ts'
import type { LocatedEntry, Segment, SegmentPart } from './segment.ts'
import type { BatchPlace } from './segment-directory.ts'
import { type Covered, openIndex, type SearchIndex, writeIndex } from './segment-index.ts'

/** Segments looked at side by side, once the first ones held too little: a disk and WebCrypto work in threads. */
const MAX_AT_ONCE = 8

/** How many messages of a segment that grows may stand outside its index. */
const MAX_REST = 64

export interface SegmentSearch {
  /** Folded. */
  readonly sought: string
  /** Messages before this position only. */
  readonly before: bigint
  /** Keeps the texts of a segment's first part as its index, unless it has gone meanwhile. */
  readonly keepIndex: (segment: Segment, part: SegmentPart, texts: readonly string[]) => Promise<void>
}

interface Found {
  readonly position: bigint
  /** Undefined when it turns out to be damaged. */
  read(): Promise<HistoryEntry | undefined>
}

/** The messages that contain what is sought, newest first. */
export async function* searchSegments(
  segments: readonly Segment[],
  search: SegmentSearch,
): AsyncGenerator<HistoryEntry> {
  const rest = segments.filter(({ facts }) => facts.entries > 0 && facts.first < search.before)
  rest.sort((a, b) => comparePositions(a.facts.last, b.facts.last))
  let found: Found[] = []
  for (let atOnce = 1; rest.length > 0; atOnce = Math.min(atOnce * 2, MAX_AT_ONCE)) {
    const looked = await Promise.all(rest.splice(-atOnce).map((segment) => searchSegment(segment, search)))
    found = [...found, ...looked.flat()].sort((a, b) => comparePositions(a.position, b.position))
    const newestLeft = rest.at(-1)?.facts.last ?? -1n
    while (found.length > 0 && found.at(-1)!.position > newestLeft) {
      const entry = await found.pop()!.read()
      if (entry !== undefined && isMatch(entry, search)) yield entry
    }
  }
}

/** Makes the index of a segment that was just closed. */
export async function indexSegment(segment: Segment): Promise<void> {
  const part = await segment.readFrom(0)
  const texts = part.entries.map(foldedText)
  // Ids of erased messages stand in segments, too: nobody searches those.
  if (part.isWhole && texts.some((text) => text !== '')) await writeIndex(segment.index, part, texts)
}

async function searchSegment(segment: Segment, search: SegmentSearch): Promise<Found[]> {
  const index = segment.facts.entries > MAX_REST ? await openIndex(segment.index) : undefined
  if (index !== undefined) {
    const rest = await searchRest(segment, index.covered, search)
    const covered = rest && (await searchIndex(segment, index, search))
    if (covered !== undefined) return [...covered, ...rest!]
  }
  const part = await segment.readFrom(0)
  const texts = part.entries.map(foldedText)
  if (part.isWhole && texts.length > MAX_REST) await search.keepIndex(segment, part, texts)
  return part.entries.filter((_, ordinal) => texts[ordinal]!.includes(search.sought)).map(toFound)
}

/** What stands in the segment behind what an index covers; undefined when the index is not of this segment. */
async function searchRest(
  segment: Segment,
  covered: Covered,
  { sought }: SegmentSearch,
): Promise<Found[] | undefined> {
  const { facts, isClosed } = segment
  if (isClosed) return covered.entries === facts.entries ? [] : undefined
  const rest = facts.entries - covered.entries
  if (rest < 0 || rest > MAX_REST || covered.bytes > facts.bytes) return undefined
  const { entries, precedingTag } = await segment.readFrom(covered.bytes)
  if (!equalBytes(precedingTag, covered.lastTag)) return undefined
  return entries.filter((entry) => foldedText(entry).includes(sought)).map(toFound)
}

/** What an index finds; undefined when it is damaged. */
async function searchIndex(
  segment: Segment,
  index: SearchIndex,
  { sought }: SegmentSearch,
): Promise<Found[] | undefined> {
  try {
    const ordinals = await index.find(sought)
    return ordinals.length === 0 ? [] : readLater(segment, await segment.locate(ordinals))
  } catch (cause) {
    if (cause instanceof DecodeError) return undefined
    throw cause
  }
}

/** Several messages of one block are read with one reading. */
function readLater(segment: Segment, located: readonly LocatedEntry[]): Found[] {
  const blocks = new Map<BatchPlace, Promise<HistoryEntry[]>>()
  const readBlock = (place: BatchPlace) => {
    const block = blocks.get(place) ?? segment.read(place)
    blocks.set(place, block)
    return block
  }
  return located.map(({ position, messageId, place }) => ({
    position,
    read: async () =>
      (await readBlock(place)).find((each) => each.position === position && each.messageId === messageId),
  }))
}

function toFound(entry: HistoryEntry): Found {
  return { position: entry.position, read: async () => entry }
}

function isMatch(entry: HistoryEntry, { sought, before }: SegmentSearch): boolean {
  return entry.position < before && foldedText(entry).includes(sought)
}

function foldedText({ content }: HistoryEntry): string {
  return foldText(searchedText(content))
}
