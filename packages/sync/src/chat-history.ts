/**
 * The messages of one chat on this device: its history, the newest message that can be shown, and the ids of those
 * that were erased.
 *
 * To erase messages (M22) is to leave the history behind for the next generation, which has only the others:
 *
 *   their ids are remembered ─▶ next generation is whole ─▶ the chat's journal names it ─▶ the old one is removed
 *
 * To add messages from elsewhere among those that are here, as an exported file brings them (M16), is the same: the next
 * generation has all of them, by their positions.
 *
 * The journal decides, so that a crash leaves the one or the other; `open` removes what is not the journal's. Nothing
 * but the two neighbours of a generation can be left over, for each step removes both first.
 */
import {
  type Files,
  type HistoryDamage,
  type HistoryEntry,
  HistoryLog,
  KnownIds,
  NoSpaceError,
  type ProfileKey,
} from '@veche/history'
import type { ChatId, MessageId } from '@veche/protocol'
import { filterOf, mergeEntries } from './merge-entries.ts'
import { isReadable, newestReadable } from './unread.ts'

const PAGE = 1000

export interface HistoryPlace {
  readonly files: Files
  readonly profileKey: ProfileKey
  readonly chatId: ChatId
}

/** A generation that the journal does not name yet. */
export interface NextGeneration {
  readonly generation: number
  readonly log: HistoryLog
}

/** Messages from elsewhere. */
export interface AddedMessages {
  /** By ascending position; called more than once. */
  entries(): AsyncIterable<HistoryEntry>
  /** No more than so many. */
  readonly most: number
  /** Whether one that is here was not shown yet. */
  isUnread(entry: HistoryEntry): boolean
}

export interface Added {
  readonly count: number
  /** The last position that was added before the first message that was not shown yet; 0n where there is none. */
  readonly read: bigint
}

export class ChatHistory {
  readonly #place: HistoryPlace
  readonly #known: KnownIds
  #generation: number
  #log: HistoryLog
  #newest: HistoryEntry | undefined

  /** @param generation the one that the chat's journal names */
  static async open(place: HistoryPlace, generation: number): Promise<ChatHistory> {
    const { files, profileKey, chatId } = place
    await removeNeighbours(place, generation).catch(ignoreNoSpace)
    const log = await HistoryLog.open(files, chatId, profileKey, generation)
    const known = await KnownIds.open(files, chatId, profileKey)
    return new ChatHistory(place, known, { generation, log }, await newestReadable(log))
  }

  private constructor(
    place: HistoryPlace,
    known: KnownIds,
    { generation, log }: NextGeneration,
    newest: HistoryEntry | undefined,
  ) {
    this.#place = place
    this.#known = known
    this.#generation = generation
    this.#log = log
    this.#newest = newest
  }

  get log(): HistoryLog {
    return this.#log
  }

  /** The newest message that can be shown. */
  get newest(): HistoryEntry | undefined {
    return this.#newest
  }

  /** As HistoryLog's. */
  async append(entries: readonly HistoryEntry[]): Promise<void> {
    await this.#log.append(entries)
    const newest = entries.findLast(isReadable)
    if (newest && newest.position > (this.#newest?.position ?? 0n)) this.#newest = newest
  }

  /** Messages of before, by ascending position: what is here, and what was erased, is passed over. */
  async addOlder(entries: readonly HistoryEntry[]): Promise<void> {
    const byId = new Map(entries.toReversed().map((entry) => [entry.messageId, entry]))
    const ids = new Set(byId.keys())
    for (const id of [...(await this.#log.known(ids)), ...(await this.#known.known(ids))]) byId.delete(id)
    await this.append([...byId.values()].reverse())
  }

  /** As HistoryLog's; begins again where messages are erased meanwhile. */
  async last(limit: number, before?: bigint): Promise<HistoryEntry[]> {
    const log = this.#log
    const entries = await log.last(limit, before === undefined ? {} : { before })
    return log === this.#log ? entries : this.last(limit, before)
  }

  /** Reads every byte of it and tells what is damaged. */
  async verify(): Promise<readonly HistoryDamage[]> {
    await this.#log.verify()
    return [...this.#log.damage, ...(await this.#known.verify())]
  }

  /** The position of a message that was received, erased or not; undefined for one that never was. */
  async find(messageId: MessageId): Promise<bigint | undefined> {
    return (await this.#log.positionOf(messageId)) ?? this.#known.find(messageId)
  }

  /** Makes the next generation, without some messages; it counts from `turnTo`. @throws NoSpaceError */
  async prepare(isErased: (entry: HistoryEntry) => boolean): Promise<NextGeneration> {
    const { files, chatId, profileKey } = this.#place
    await removeNeighbours(this.#place, this.#generation)
    const generation = this.#generation + 1
    const log = await HistoryLog.open(files, chatId, profileKey, generation)
    let before: bigint | undefined
    for (;;) {
      const page = await this.#log.last(PAGE, before === undefined ? {} : { before })
      await this.#known.add(page.filter(isErased))
      await log.append(page.filter((entry) => !isErased(entry)))
      if (page.length < PAGE) return { generation, log }
      before = page[0]!.position
    }
  }

  /**
   * Makes the next generation, with the messages of `added` that are not here; it counts from `turnTo`.
   * @returns undefined where all of them are here: nothing was made
   * @throws NoSpaceError, and what reading `added` throws: nothing is left of it then, if the disk lets it be removed
   */
  async prepareWith(added: AddedMessages): Promise<(NextGeneration & Added) | undefined> {
    for await (const { isNew } of await this.#merged(added)) if (isNew) return this.#prepareWith(added)
    return undefined
  }

  /** The journal names the next generation now. */
  async turnTo({ generation, log }: NextGeneration): Promise<void> {
    const old = this.#log
    this.#generation = generation
    this.#log = log
    this.#newest = await newestReadable(log)
    await old.remove() // itself, so that a search under way writes nothing down of it any more
  }

  async #prepareWith(added: AddedMessages): Promise<NextGeneration & Added> {
    const { files, chatId, profileKey } = this.#place
    await removeNeighbours(this.#place, this.#generation)
    const generation = this.#generation + 1
    try {
      const log = await HistoryLog.open(files, chatId, profileKey, generation)
      return { generation, log, ...(await this.#fill(log, added)) }
    } catch (error) {
      await HistoryLog.remove(files, chatId, generation).catch(() => {}) // else the next opening does
      throw error
    }
  }

  /** In order; a page of messages is in memory at a time. */
  async #fill(log: HistoryLog, added: AddedMessages): Promise<Added> {
    let page: HistoryEntry[] = []
    let [count, read, isUnreadSeen] = [0, 0n, false]
    const isInPage = (id: MessageId) => page.some(({ messageId }) => messageId === id)
    for await (const { entry, isNew } of await this.#merged(
      added,
      async (id) => isInPage(id) || (await log.positionOf(id)) !== undefined,
    )) {
      page.push(entry)
      if (isNew) count++
      if (isNew && !isUnreadSeen) read = entry.position
      if (!isNew) isUnreadSeen ||= added.isUnread(entry)
      if (page.length < PAGE) continue
      await log.append(page)
      page = []
    }
    await log.append(page)
    return { count, read }
  }

  async #merged({ entries, most }: AddedMessages, isTaken = async (_: MessageId) => false) {
    const here = {
      entries: this.#log.ascending(),
      erased: this.#known.ascending(),
      ids: await filterOf([this.#log, this.#known], most),
      isHere: async (id: MessageId) => (await this.find(id)) !== undefined || isTaken(id),
    }
    return mergeEntries(here, entries())
  }
}

/** What a full disk does not let be removed is removed the next time. */
export function ignoreNoSpace(error: unknown): void {
  if (!(error instanceof NoSpaceError)) throw error
}

async function removeNeighbours({ files, chatId }: HistoryPlace, generation: number): Promise<void> {
  for (const neighbour of [generation - 1, generation + 1]) {
    if (neighbour >= 0) await HistoryLog.remove(files, chatId, neighbour)
  }
}
