/**
 * One device's stream: it does what its queue decides, one step after the other, as fast as the reader takes.
 *
 * States: open → ended (once, with the reason that the caller gets). It ends when the device opens another one,
 * when its token ends unless that was renewed, when the reader is too slow, when the server stops, or when the
 * caller goes away. After that nothing refers to it any more.
 *
 * It knows nothing of other devices, of the bus, or of how an entry came to be stored.
 */
import { create } from '@bufbuild/protobuf'
import { type AccountId, ChatId } from '@veche/protocol'
import {
  type Entry,
  type InboxItem,
  type SubscribeResponse,
  SubscribeResponseSchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type Clock, Code, type DirectWriter, RpcError } from '@veche/service-kit'
import type { DeviceNumber } from '../append/roster.ts'
import {
  HEARTBEAT_MS,
  MAX_MISSED_BYTES,
  MAX_MISSED_ENTRIES,
  MAX_QUEUED_BYTES,
  MAX_QUEUED_ENTRIES,
  MAX_QUEUED_SIGNALS,
} from '../limits.ts'
import { DeviceQueue, type ReadEntries } from './device-queue.ts'
import { entriesEvent, type LiveBatch, type StreamEvent } from './live-batch.ts'
import { SignalQueue } from './signal-queue.ts'

/** What a stream reads from PostgreSQL, for its device. */
export interface StreamReader {
  /** The device's chats, those that it has left with `until`. */
  readChats(): Promise<readonly FollowedChat[]>
  /** Entries after a position that the device may have, oldest first, at most 1 MiB. */
  readEntries(chatId: ChatId, after: bigint): Promise<readonly Entry[]>
  /** Inbox items after a position, oldest first, and the last position that was looked at. */
  readInbox(after: bigint): Promise<InboxPage>
  /** Puts the newest of what stands beside the device's chats into the queue. */
  readSignals(into: SignalQueue): Promise<void>
}

export interface FollowedChat {
  readonly chatId: ChatId
  readonly since: bigint
  readonly until: bigint | null
  readonly head: bigint
}

export interface InboxPage {
  readonly items: readonly InboxItem[]
  /** Undefined at the inbox's end. */
  readonly last: bigint | undefined
}

export interface DeviceStreamOptions {
  readonly device: DeviceNumber
  readonly accountId: AccountId
  readonly reader: StreamReader
  readonly clock: Clock
  /** When the token ends by which the stream was opened. */
  readonly expiresAtMs: number
  /** The last positions that the device has stored. */
  readonly positions: ReadonlyMap<ChatId, bigint>
  readonly inboxPosition: bigint
  /** Told which chats the device follows, before their entries are read. */
  readonly onFollow: (chatIds: readonly ChatId[]) => void
  /** Takes what goes out as it is while nothing else does; everything goes by `events` when left out. */
  readonly writer?: DirectWriter | undefined
  /** 20 seconds when left out. */
  readonly heartbeatMs?: number
}

export class DeviceStream {
  readonly device: DeviceNumber
  readonly accountId: AccountId
  readonly queue = new DeviceQueue({
    maxQueuedEntries: MAX_QUEUED_ENTRIES,
    maxQueuedBytes: MAX_QUEUED_BYTES,
    maxMissedEntries: MAX_MISSED_ENTRIES,
    maxMissedBytes: MAX_MISSED_BYTES,
  })
  readonly signals = new SignalQueue(MAX_QUEUED_SIGNALS)
  readonly #options: DeviceStreamOptions
  /** What the stream begins with beside the logs, before CaughtUp; undefined while that is not reached. */
  #beginning: StreamEvent[] | undefined
  #inboxPosition: bigint
  #expiresAtMs: number
  /** Chats whose logs end before the device's positions, and are not followed; those not yet told, with their heads. */
  readonly #behind = new Set<ChatId>()
  readonly #untold: { readonly chatId: ChatId; readonly head: bigint }[] = []
  #end: { readonly error: RpcError | undefined } | undefined
  #wakeWaiting: (() => void) | undefined

  constructor(options: DeviceStreamOptions) {
    this.device = options.device
    this.accountId = options.accountId
    this.#options = options
    this.#inboxPosition = options.inboxPosition
    this.#expiresAtMs = options.expiresAtMs
  }

  get inboxPosition(): bigint {
    return this.#inboxPosition
  }

  /** Looks at the queue again: called after each change to it. */
  wake(): void {
    this.#wakeWaiting?.()
  }

  /** Entries just stored: they go out at once where nothing else is to be sent, and in their turn otherwise. */
  give(batch: LiveBatch): void {
    this.queue.stored(batch.chatId, batch.entries)
    if (this.#isIdle() && this.queue.takeAlone(batch)) this.#options.writer!.write(batch.frame)
    else this.wake()
  }

  renew(expiresAtMs: number): void {
    this.#expiresAtMs = Math.max(this.#expiresAtMs, expiresAtMs)
  }

  /** Ends the stream. @param error what the caller gets; the first one counts */
  end(error?: RpcError): void {
    this.#end ??= { error }
    this.wake()
  }

  async *events(): AsyncGenerator<SubscribeResponse, void> {
    while (!this.#end) {
      if (this.#options.clock.nowMs() >= this.#expiresAtMs) {
        this.end(new RpcError(Code.Unauthenticated, 'token_expired'))
        break
      }
      const event = await this.#step()
      if (event?.case) yield create(SubscribeResponseSchema, { event })
    }
    if (this.#end?.error) throw this.#end.error
  }

  async #step(): Promise<StreamEvent | undefined> {
    const behind = this.#untold.shift()
    if (behind) return { case: 'behind', value: { ...behind, chatId: ChatId.toBytes(behind.chatId) } }
    if (this.#beginning && this.#beginning.length > 0) return this.#beginning.shift()
    const step = this.queue.next()
    switch (step.kind) {
      case 'read-chats':
        return this.#readChats()
      case 'read-inbox':
        return this.#readInbox()
      case 'read-entries':
        return this.#readEntries(step)
      case 'send':
        return entriesEvent(step.chatId, step.entries)
      case 'caught-up':
        return this.#begin()
      case 'wait':
        return this.signals.next() ?? this.#wait()
      case 'slow':
        this.end(new RpcError(Code.ResourceExhausted, 'slow_reader'))
        return undefined
      default:
        return step satisfies never
    }
  }

  /** What was stored before live entries began to come is noticed by reading the heads once more. */
  async #readChats(): Promise<undefined> {
    const { reader, positions, onFollow } = this.#options
    const chats = await reader.readChats()
    for (const { chatId, since, until, head } of chats) {
      const known = positions.get(chatId) ?? since
      const end = until ?? head
      // One that was behind stays so while others write on, until the device comes in anew.
      if (known > end || (this.#behind.has(chatId) && known >= since)) this.#leaveOut(chatId, end)
      else {
        this.#behind.delete(chatId)
        this.queue.follow(chatId, later(known, since), end)
      }
    }
    if (!this.#end) onFollow(chats.filter((chat) => this.#isFollowed(chat)).map(({ chatId }) => chatId))
    for (const { chatId, until, head } of await reader.readChats()) {
      if (!this.#behind.has(chatId)) this.queue.headMoved(chatId, until ?? head)
    }
  }

  #leaveOut(chatId: ChatId, head: bigint): void {
    if (this.#behind.has(chatId)) return
    this.#behind.add(chatId)
    this.#untold.push({ chatId, head })
  }

  #isFollowed({ chatId, until }: FollowedChat): boolean {
    return until === null && !this.#behind.has(chatId)
  }

  async #readInbox(): Promise<StreamEvent | undefined> {
    const { items, last } = await this.#options.reader.readInbox(this.#inboxPosition)
    if (last === undefined) return undefined
    this.#inboxPosition = last
    if (items.some(({ item }) => item.case === 'welcome')) this.queue.chatsChanged()
    else this.queue.inboxChanged() // there may be more
    return items.length === 0 ? undefined : { case: 'inbox', value: { items: [...items] } }
  }

  /** All that was missed of the logs has been sent: what is known beside them, then CaughtUp. */
  async #begin(): Promise<StreamEvent | undefined> {
    await this.#options.reader.readSignals(this.signals)
    this.#beginning = [...this.signals.drain(), { case: 'caughtUp', value: {} }]
    return this.#beginning.shift()
  }

  async #readEntries(step: ReadEntries): Promise<StreamEvent | undefined> {
    const entries = await this.#options.reader.readEntries(step.chatId, step.after)
    this.queue.entriesRead(step, entries.at(-1)?.position)
    return entries.length === 0 ? undefined : entriesEvent(step.chatId, entries)
  }

  /** `events` has given everything and waits, and the reader takes more. */
  #isIdle(): boolean {
    const { writer, clock } = this.#options
    if (this.#end || !this.#wakeWaiting || !writer?.isReady) return false
    return clock.nowMs() < this.#expiresAtMs
  }

  /** Resolves when woken, or with a heartbeat, or when the token ends. */
  #wait(): Promise<StreamEvent | undefined> {
    const heartbeatMs = this.#options.heartbeatMs ?? HEARTBEAT_MS
    const tokenMs = Math.max(0, this.#expiresAtMs - this.#options.clock.nowMs())
    return new Promise((resolve) => {
      const done = (event: StreamEvent | undefined) => {
        clearTimeout(timer)
        this.#wakeWaiting = undefined
        resolve(event)
      }
      const heartbeat: StreamEvent | undefined =
        tokenMs < heartbeatMs ? undefined : { case: 'heartbeat', value: {} }
      const timer = setTimeout(() => done(heartbeat), Math.min(heartbeatMs, tokenMs))
      this.#wakeWaiting = () => done(undefined)
    })
  }
}

function later(a: bigint, b: bigint): bigint {
  if (a < b) return b
  return a
}
