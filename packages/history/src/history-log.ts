/**
 * What people read again of one chat: append-only segments in a folder of their own (docs/wire/history.md).
 *
 *   history/CHAT/key              the chat's key, wrapped under the profile key
 *   history/CHAT/000001.segment   …
 *   history/CHAT/000001.index     what a search looks through, of a full segment
 *
 * Opening reads the newest segment only. Reading backwards fetches the directories and blocks it needs and nothing
 * else. Messages may come in any order of positions.
 *
 * Damage never makes it fail: it is listed in `damage`, everything before it and every other segment is read, and the
 * lost messages may be appended again. Only a lost key is the end.
 */
import { ChatId, concatBytes, type MessageId, Turns } from '@veche/protocol'
import type { Files } from './files.ts'
import type { HistoryEntry } from './history-entry.ts'
import { type KeyPlace, openChatKey } from './history-key.ts'
import { bounds, comparePositions } from './positions.ts'
import type { ProfileKey } from './profile-key.ts'
import { finishRemoval, removeAll } from './removal.ts'
import { foldText } from './search-text.ts'
import type { Segment, SegmentPart } from './segment.ts'
import type { BatchPlace } from './segment-directory.ts'
import { type HistoryDamage, SegmentFolder, segmentNumbers, segmentPaths } from './segment-folder.ts'
import { writeIndex } from './segment-index.ts'
import { readAscending } from './segment-order.ts'
import { type SegmentSearch, searchSegments } from './segment-search.ts'

/** What one block holds at most: enough to be worth a call of WebCrypto, little to read for a page of messages. */
const BLOCK_ENTRIES = 64
const BLOCK_CONTENT_BYTES = 256 * 1024
/** Greater than any position. */
const NO_POSITION = 1n << 64n

/** A folder, and what its key belongs to. */
export interface LogPlace extends KeyPlace {
  readonly folder: string
  /** Whether it is to be searched; so by default. */
  readonly isIndexed?: boolean
}

export class HistoryLog {
  readonly #files: Files
  readonly #place: LogPlace
  readonly #folder: SegmentFolder
  readonly #turns = new Turns()
  #isRemoved = false

  /**
   * Opens a chat's history, or begins one.
   * @param generation a history is left behind for the next one where messages of it are erased
   * @throws DecodeError when its key is damaged or the profile key is another: nothing of it can be read, and only
   * `HistoryLog.remove` helps
   */
  static open(files: Files, chatId: ChatId, profileKey: ProfileKey, generation = 0): Promise<HistoryLog> {
    return HistoryLog.openAt(files, historyPlace(chatId, generation), profileKey)
  }

  /** As `open`, for whatever has the form of a history. */
  static async openAt(files: Files, place: LogPlace, profileKey: ProfileKey): Promise<HistoryLog> {
    await finishRemoval(files, markerPath(place), () => memberPaths(files, place))
    const isNew = (await segmentNumbers(files, place.folder)).length === 0
    const chatKey = await openChatKey(files, keyPath(place), place, profileKey, isNew)
    const { folder, isIndexed = true } = place
    return new HistoryLog(files, place, await SegmentFolder.open(files, folder, chatKey, isIndexed))
  }

  /** Removes a chat's history for good, whether or not it can be opened; the key is overwritten first. */
  static async remove(files: Files, chatId: ChatId, generation = 0): Promise<void> {
    await HistoryLog.removeAt(files, historyPlace(chatId, generation))
  }

  /** As `remove`, for whatever has the form of a history. Nothing happens where there is nothing. */
  static async removeAt(files: Files, place: LogPlace): Promise<void> {
    if ((await files.list(place.folder)).length === 0) return
    await removeAll(files, markerPath(place), () => memberPaths(files, place))
  }

  private constructor(files: Files, place: LogPlace, folder: SegmentFolder) {
    this.#files = files
    this.#place = place
    this.#folder = folder
  }

  /** What was found damaged, or cut off as torn, since it was opened; grows as damage is come upon. */
  get damage(): readonly HistoryDamage[] {
    return this.#folder.damage
  }

  /** Messages stored, those in a block that was found damaged only when it was read included. */
  get count(): number {
    return this.#folder.segments.reduce((sum, { facts }) => sum + facts.entries, 0)
  }

  /** The greatest position stored; 0 before the first. */
  get lastPosition(): bigint {
    return bounds(this.#folder.segments.map(({ facts }) => facts.last)).last
  }

  /**
   * Durable when it resolves. What is stored already, by position and message id, is passed over. Up to 64
   * messages and 256 KiB go in one block, which a crash leaves whole or not at all; more of them in several, of
   * which it leaves the first.
   * @throws NoSpaceError
   */
  append(entries: readonly HistoryEntry[]): Promise<void> {
    return this.#turns.take(async () => {
      let batches = inBatches(await this.#notStored(entries))
      while (batches.length > 0) {
        const segment = await this.#folder.growing()
        const fitting = segment.countFitting(batches)
        await segment.append(batches.slice(0, fitting))
        batches = batches.slice(fitting)
      }
    })
  }

  /** The last `limit` messages, of those before position `before` when it is given; oldest first. */
  async last(limit: number, { before = NO_POSITION }: { before?: bigint } = {}): Promise<HistoryEntry[]> {
    if (limit <= 0) return []
    let found: HistoryEntry[] = []
    for await (const { segment, place } of this.#placesBackwards(before)) {
      const enough = found[limit - 1]
      if (enough !== undefined && enough.position > place.last) break
      const entries = await segment.read(place)
      found = newestFirst([...found, ...entries.filter(({ position }) => position < before)])
    }
    return found.slice(0, limit).reverse()
  }

  /** Where a message stands; undefined for one that is not here. Reads no message, and looks at the newest first. */
  async positionOf(messageId: MessageId): Promise<bigint | undefined> {
    for (const segment of this.#folder.segments.toReversed()) {
      for (const { entries } of (await segment.places()).toReversed()) {
        const found = entries.find((each) => each.messageId === messageId)
        if (found) return found.position
      }
    }
    return undefined
  }

  /** Which of these messages are here. Reads no message. */
  async known(wanted: ReadonlySet<MessageId>): Promise<MessageId[]> {
    const found: MessageId[] = []
    for (const segment of this.#folder.segments) {
      for (const { entries } of await segment.places())
        found.push(...entries.flatMap(({ messageId }) => (wanted.has(messageId) ? messageId : [])))
    }
    return found
  }

  /**
   * Messages whose text contains `text` (see `textMatches`), newest first, each as soon as it is found; at most
   * `limit` of those before position `before`. Reads no more than whoever takes them needs.
   */
  async *search(
    text: string,
    { limit = Number.POSITIVE_INFINITY, before = NO_POSITION }: { limit?: number; before?: bigint } = {},
  ): AsyncGenerator<HistoryEntry> {
    if (limit <= 0) return
    let left = limit
    const search = {
      sought: foldText(text),
      before,
      keepIndex: (...index: Parameters<SegmentSearch['keepIndex']>) => this.#keepIndex(...index),
    }
    for await (const entry of searchSegments(this.#folder.segments, search)) {
      yield entry
      if (--left <= 0) return
    }
  }

  /** All messages by ascending position, those with one position in any order; a few blocks of them at a time. */
  ascending(): AsyncGenerator<HistoryEntry> {
    return readAscending(this.#folder.segments)
  }

  /** Of all messages, in no order; reads no message. */
  async *ids(): AsyncGenerator<MessageId> {
    for (const segment of this.#folder.segments) {
      for (const { entries } of await segment.places()) yield* entries.map(({ messageId }) => messageId)
      segment.forget()
    }
  }

  /** Reads every byte, so that `damage` tells of all there is. */
  async verify(): Promise<void> {
    for (const segment of this.#folder.segments) await segment.verify()
  }

  /** As `HistoryLog.remove`, after what is being appended. The log is not used afterwards. */
  remove(): Promise<void> {
    return this.#turns.take(async () => {
      this.#isRemoved = true
      await HistoryLog.removeAt(this.#files, this.#place)
    })
  }

  /** A search that is under way brings nothing back of a history that was removed meanwhile. */
  #keepIndex(segment: Segment, part: SegmentPart, texts: readonly string[]): Promise<void> {
    return this.#turns.take(async () => {
      if (this.#isRemoved || !this.#folder.segments.includes(segment)) return
      await writeIndex(segment.index, part, texts)
    })
  }

  async #notStored(entries: readonly HistoryEntry[]): Promise<HistoryEntry[]> {
    const wanted = new Map(entries.map((entry) => [nameOf(entry), entry]))
    for (const segment of this.#folder.segments) {
      const { first, last } = segment.facts
      if (!entries.some(({ position }) => first <= position && position <= last)) continue
      for (const place of await segment.places()) {
        for (const entry of place.entries) wanted.delete(nameOf(entry))
      }
    }
    return [...wanted.values()]
  }

  /** Blocks that may hold something before position `before`, the one with the greatest position first. */
  async *#placesBackwards(before: bigint): AsyncGenerator<{ segment: Segment; place: BatchPlace }> {
    const closed = this.#folder.segments.filter(({ facts }) => facts.entries > 0 && facts.first < before)
    closed.sort((a, b) => comparePositions(a.facts.last, b.facts.last))
    const open: { segment: Segment; place: BatchPlace }[] = []
    for (;;) {
      while (isNext(closed.at(-1), open.at(-1)?.place)) {
        const segment = closed.pop()!
        open.push(...(await segment.places()).map((place) => ({ segment, place })))
        open.sort((a, b) => comparePositions(a.place.last, b.place.last))
      }
      const next = open.pop()
      if (next === undefined) return
      if (next.place.first < before) yield next
    }
  }
}

/** Whether a segment may hold something greater than the greatest block found so far. */
function isNext(segment: Segment | undefined, place: BatchPlace | undefined): boolean {
  return segment !== undefined && (place === undefined || segment.facts.last >= place.last)
}

function inBatches(entries: readonly HistoryEntry[]): HistoryEntry[][] {
  const batches: HistoryEntry[][] = []
  let bytes = 0
  for (const entry of entries) {
    bytes += entry.content.length
    const batch = batches.at(-1)
    if (batch !== undefined && batch.length < BLOCK_ENTRIES && bytes <= BLOCK_CONTENT_BYTES) batch.push(entry)
    else {
      batches.push([entry])
      bytes = entry.content.length
    }
  }
  return batches
}

function newestFirst(entries: readonly HistoryEntry[]): HistoryEntry[] {
  return entries.toSorted((a, b) => comparePositions(b.position, a.position))
}

async function memberPaths(files: Files, place: LogPlace): Promise<string[]> {
  return [keyPath(place), ...(await segmentPaths(files, place.folder))]
}

function historyPlace(chatId: ChatId, generation: number): LogPlace {
  const label = 'veche local history v1'
  if (generation === 0) return { label, folder: `history/${chatId}`, owner: ChatId.toBytes(chatId) }
  const number = new Uint8Array(4)
  new DataView(number.buffer).setUint32(0, generation)
  const owner = concatBytes(ChatId.toBytes(chatId), number)
  return { label, folder: `history/${chatId}.${generation}`, owner }
}

const nameOf = ({ position, messageId }: { position: bigint; messageId: MessageId }) =>
  `${position} ${messageId}`
const keyPath = ({ folder }: LogPlace) => `${folder}/key`
const markerPath = ({ folder }: LogPlace) => `${folder}/removed`
