/**
 * What one device's stream has still to send, as plain state: it decides, and reads and sends nothing itself.
 *
 * A chat is in one of three phases:
 *   missed   its cursor is before the head that it had when the stream was opened: read from PostgreSQL
 *   live     its cursor is at the head: new entries go into the queue as they are stored
 *   behind   something was stored that the queue did not take: read from PostgreSQL
 * The stream sends the inbox and what was missed, then CaughtUp, then what happens.
 *
 * Invariants
 * - The cursor of a chat is the last position that was handed out or queued; it moves by one at a time, so each
 *   entry is sent once, in order, without a gap. Entries at or before it are dropped, one that is not the next
 *   only tells that the chat is behind.
 * - Cut-over needs no lock: storing, noting and deciding happen in one thread, and a chat is live only when its
 *   cursor has reached every head that was noted.
 * - The queue holds at most `maxQueuedEntries` and `maxQueuedBytes` (a larger single entry waits in PostgreSQL).
 *   What does not fit falls behind, at no cost in memory. A reader that takes nothing while much passes it by is
 *   too slow: its stream ends, and it loses no message.
 */
import type { ChatId } from '@veche/protocol'
import type { Entry } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { LiveBatch } from './live-batch.ts'

/** An entry just stored; one object for all streams that send it. */
export interface LiveEntry {
  readonly entry: Entry
  readonly bytes: number
}

export interface QueueLimits {
  readonly maxQueuedEntries: number
  readonly maxQueuedBytes: number
  readonly maxMissedEntries: number
  readonly maxMissedBytes: number
}

export type Step =
  | { readonly kind: 'read-chats' }
  | { readonly kind: 'read-inbox' }
  | ReadEntries
  | { readonly kind: 'send'; readonly chatId: ChatId; readonly entries: readonly Entry[] }
  | { readonly kind: 'caught-up' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'slow' }

export interface ReadEntries {
  readonly kind: 'read-entries'
  readonly chatId: ChatId
  readonly after: bigint
  /** The greatest position known when it was asked for. */
  readonly head: bigint
}

interface ChatProgress {
  cursor: bigint
  /** The greatest position known. */
  head: bigint
  /** The head when the stream was opened. */
  readonly missedUntil: bigint
}

interface Queued {
  readonly entries: Entry[]
  bytes: number
}

export class DeviceQueue {
  readonly #limits: QueueLimits
  readonly #chats = new Map<ChatId, ChatProgress>()
  readonly #missed = new Set<ChatId>()
  readonly #behind = new Set<ChatId>()
  #queue = new Map<ChatId, Queued>()
  #queuedEntries = 0
  #queuedBytes = 0
  #passedEntries = 0
  #passedBytes = 0
  #inboxDue = true
  #chatsDue = true
  #caughtUp = false
  #slow = false

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  /** Follows a chat after `cursor`; one that is followed already goes on from where it is, if that is further. */
  follow(chatId: ChatId, cursor: bigint, head: bigint): void {
    const chat = this.#chats.get(chatId)
    if (chat) {
      if (cursor > chat.cursor) chat.cursor = cursor
      this.headMoved(chatId, head)
      return
    }
    this.#chats.set(chatId, { cursor, head, missedUntil: this.#caughtUp ? cursor : head })
    if (cursor < head) (this.#caughtUp ? this.#behind : this.#missed).add(chatId)
  }

  inboxChanged(): void {
    this.#inboxDue = true
  }

  /**
   * The device was added to a chat or taken out of one. Chats are read before the inbox, and both before entries:
   * so a chat that is followed has its Welcome in what is read of the inbox, and the Welcome goes first.
   */
  chatsChanged(): void {
    this.#chatsDue = true
    this.#inboxDue = true
  }

  /** Something was stored by another process, or may have been missed. */
  headMoved(chatId: ChatId, head: bigint): void {
    const chat = this.#chats.get(chatId)
    if (!chat || head <= chat.head) return
    chat.head = head
    if (chat.cursor < head) this.#behind.add(chatId)
  }

  /** Entries just stored by this process, consecutive. */
  stored(chatId: ChatId, entries: readonly LiveEntry[]): void {
    const chat = this.#chats.get(chatId)
    if (!chat || this.#slow) return
    for (const live of entries) {
      const { position } = live.entry
      if (position <= chat.cursor) continue
      const isNext = chat.cursor >= chat.head && position === chat.cursor + 1n
      if (position > chat.head) chat.head = position
      if (isNext && this.#fits(live)) this.#enqueue(chatId, chat, live)
      else this.#pass(chatId, live)
    }
  }

  /** What to do next. Taking a step is what makes a reader not slow. */
  next(): Step {
    if (this.#slow) return { kind: 'slow' }
    this.#passedEntries = 0
    this.#passedBytes = 0
    if (this.#chatsDue) {
      this.#chatsDue = false
      return { kind: 'read-chats' }
    }
    if (this.#inboxDue) {
      this.#inboxDue = false
      return { kind: 'read-inbox' }
    }
    const missed = first(this.#missed)
    if (missed !== undefined) return this.#read(missed)
    if (!this.#caughtUp) {
      this.#caughtUp = true
      return { kind: 'caught-up' }
    }
    const queued = first(this.#queue.keys())
    if (queued !== undefined) return this.#send(queued)
    const behind = first(this.#behind)
    return behind === undefined ? { kind: 'wait' } : this.#read(behind)
  }

  /**
   * Takes entries just stored where `next` would give them and nothing else were to be done; so is this a step.
   * @returns whether it took them
   */
  takeAlone({ chatId, entries }: Pick<LiveBatch, 'chatId' | 'entries'>): boolean {
    const isBusy = this.#slow || !this.#caughtUp || this.#chatsDue || this.#inboxDue
    if (isBusy || this.#missed.size + this.#behind.size > 0 || this.#queue.size !== 1) return false
    const queued = this.#queue.get(chatId)?.entries
    if (queued?.length !== entries.length || queued[0] !== entries[0]?.entry) return false
    return this.next().kind === 'send'
  }

  /** What was asked for was read and goes out now. @param last undefined where there was nothing */
  entriesRead({ chatId, head }: ReadEntries, last: bigint | undefined): void {
    const chat = this.#chats.get(chatId)!
    if (last !== undefined) chat.cursor = last
    else if (chat.head === head) chat.head = chat.cursor // nothing more for this device: it has left the chat
    if (chat.cursor >= chat.missedUntil || last === undefined) this.#missed.delete(chatId)
    if (chat.cursor >= chat.head) this.#behind.delete(chatId)
    else if (!this.#missed.has(chatId)) this.#behind.add(chatId)
  }

  #read(chatId: ChatId): Step {
    const { cursor, head } = this.#chats.get(chatId)!
    return { kind: 'read-entries', chatId, after: cursor, head }
  }

  #send(chatId: ChatId): Step {
    const { entries, bytes } = this.#queue.get(chatId)!
    this.#queue.delete(chatId)
    this.#queuedEntries -= entries.length
    this.#queuedBytes -= bytes
    return { kind: 'send', chatId, entries }
  }

  #fits({ bytes }: LiveEntry): boolean {
    return (
      this.#queuedEntries < this.#limits.maxQueuedEntries &&
      this.#queuedBytes + bytes <= this.#limits.maxQueuedBytes
    )
  }

  #enqueue(chatId: ChatId, chat: ChatProgress, { entry, bytes }: LiveEntry): void {
    const queued = this.#queue.get(chatId) ?? { entries: [], bytes: 0 }
    this.#queue.set(chatId, queued)
    queued.entries.push(entry)
    queued.bytes += bytes
    this.#queuedEntries++
    this.#queuedBytes += bytes
    chat.cursor = entry.position
  }

  #pass(chatId: ChatId, { bytes }: LiveEntry): void {
    if (!this.#missed.has(chatId)) this.#behind.add(chatId)
    this.#passedEntries++
    this.#passedBytes += bytes
    const { maxMissedEntries, maxMissedBytes } = this.#limits
    if (this.#passedEntries <= maxMissedEntries && this.#passedBytes <= maxMissedBytes) return
    this.#slow = true
    this.#queue = new Map()
  }
}

function first<T>(items: Iterable<T>): T | undefined {
  for (const item of items) return item
  return undefined
}
