/**
 * The messages of one chat on this device: its history, the newest message that can be shown, and the ids of those
 * that were erased.
 *
 * To erase messages (M22) is to leave the history behind for the next generation, which has only the others:
 *
 *   their ids are remembered ─▶ next generation is whole ─▶ the chat's journal names it ─▶ the old one is removed
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
    this.#newest = entries.findLast(isReadable) ?? this.#newest
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
    return (await this.#log.get(messageId))?.position ?? this.#known.find(messageId)
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

  /** The journal names the next generation now. */
  async turnTo({ generation, log }: NextGeneration): Promise<void> {
    const old = this.#log
    this.#generation = generation
    this.#log = log
    this.#newest = await newestReadable(log)
    await old.remove() // itself, so that a search under way writes nothing down of it any more
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
