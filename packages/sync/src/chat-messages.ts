/** The messages of one chat's log that this device has: reading them, adding to them from elsewhere, whether they are whole. */
import type { HistoryDamage, HistoryEntry } from '@veche/history'
import type { MessageId, Turns } from '@veche/protocol'
import type { ChatStore } from './chat-store.ts'

export class ChatMessages {
  readonly #store: ChatStore
  readonly #turns: Turns

  constructor(store: ChatStore, turns: Turns) {
    this.#store = store
    this.#turns = turns
  }

  /** The newest message that can be shown. */
  get newest(): HistoryEntry | undefined {
    return this.#store.history.newest
  }

  /** The last `limit` messages, oldest first; those before `before` when it is given. */
  read(limit: number, before?: bigint): Promise<HistoryEntry[]> {
    return this.#store.history.last(limit, before)
  }

  /** The message with this id; undefined where this device does not have it. */
  async find(messageId: MessageId): Promise<HistoryEntry | undefined> {
    const position = await this.#store.history.find(messageId)
    if (position === undefined) return undefined
    const [entry] = await this.read(1, position + 1n)
    return entry?.messageId === messageId ? entry : undefined
  }

  /** Messages whose text contains `text`, newest first, each as soon as it is found. */
  search(text: string): AsyncGenerator<HistoryEntry> {
    return this.#store.history.log.search(text)
  }

  /** Gives all messages, by ascending position; nothing else happens in the chat meanwhile. */
  giveAll(take: (entry: HistoryEntry) => Promise<void>): Promise<void> {
    return this.#turns.take(async () => {
      for await (const entry of this.#store.history.log.ascending()) await take(entry)
    })
  }

  /**
   * Adds messages of the log that this device does not have, as if they were shown. What it has stays as it is, what was
   * erased here stays erased, and what it has not come to yet is the log's to bring.
   * @param entries by ascending position; called more than once
   * @param most no more than so many
   * @returns how many were added; `not-kept`: no message stays on this device
   * @throws NoSpaceError, and what reading them throws: nothing has changed then
   */
  addAll(entries: () => AsyncIterable<HistoryEntry>, most: number): Promise<number | 'not-kept'> {
    return this.#turns.take(async () => {
      const { keeping, position } = this.#store.state
      if (!keeping.device) return 'not-kept'
      return this.#store.add({ entries: () => upTo(position, entries()), most })
    })
  }

  /** Whether some of them were found damaged since it was opened. */
  get isDamaged(): boolean {
    return this.#store.history.log.damage.length > 0
  }

  /** How many there are. */
  get count(): number {
    return this.#store.history.log.count
  }

  /** Reads every byte of them and tells what is damaged. */
  verify(): Promise<readonly HistoryDamage[]> {
    return this.#turns.take(() => this.#store.history.verify())
  }
}

async function* upTo(position: bigint, entries: AsyncIterable<HistoryEntry>): AsyncGenerator<HistoryEntry> {
  for await (const entry of entries) {
    if (entry.position > position) return
    yield entry
  }
}
