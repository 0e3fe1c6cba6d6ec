/**
 * One stream of the device, from Subscribe to its end. States: catching up, then live. While it catches up nothing is
 * sent: only the log can say whether this device's state is an old one (A19).
 *
 * Everything that comes is stored before the next is taken from the stream, so a slow disk slows the server down;
 * acknowledgements are batched. The stream counts as dead when nothing, not even a heartbeat, came for a minute.
 */
import { ChatId, DecodeError } from '@veche/protocol'
import type {
  ChatEntries,
  ChatSignals,
  InboxItem,
  SubscribeResponse,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Chat } from './chat.ts'
import type { Chats } from './chats.ts'
import type { DeviceStore } from './device-store.ts'
import { UnreachableError } from './errors.ts'
import { isOver } from './local-chat.ts'
import type { ChatsClient } from './server.ts'
import type { OnStep } from './steps.ts'
import { type Line, pull, transmit } from './transmitter.ts'

export interface SessionOptions extends Omit<Line, 'signal'> {
  readonly server: ChatsClient
  readonly chats: Chats
  readonly store: DeviceStore
  readonly onStep: OnStep
  /** Stores what an inbox item brings. @returns the chat that is new by it */
  readonly onInboxItem: (item: InboxItem) => Promise<Chat | undefined>
  readonly onSignals: (signals: ChatSignals) => Promise<void>
  /** Other devices of the account have set own marks. */
  readonly onOwnMarksChanged: () => void
  /** The server's log of the chat ends before what this device has. */
  readonly onBehind: (chat: Chat) => void
  /** Everything that had happened before is stored. */
  readonly onCaughtUp: () => void
  /** Something was sent, and perhaps there is no more. */
  readonly onProgress: () => void
  /** How long until a device that came by a Welcome updates its path, if it does not write before; milliseconds. */
  readonly updateDelayMs: () => number
}

const SILENCE_MS = 60_000
const ACKNOWLEDGE_DELAY_MS = 1000
/** Also renews the stream. */
const ACKNOWLEDGE_EVERY_MS = 200_000
const LAST_ACKNOWLEDGE_TIMEOUT_MS = 2000

export class Session {
  readonly #options: SessionOptions
  readonly #ended = new AbortController()
  readonly #line: Line
  readonly #sending = new Map<Chat, Promise<void>>()
  readonly #again = new Set<Chat>()
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  /** Chats of which entries came before their Welcome was taken in: new ones, and those that are entered again. */
  readonly #unknown = new Set<ChatId>()
  /** Chats of which the server has lost a part, until they are begun anew: nothing is sent there. */
  readonly #behind = new Map<Chat, bigint>()
  readonly #acknowledged = new Map<ChatId, bigint>()
  #acknowledgedInbox = 0n
  #acknowledgeTimer: ReturnType<typeof setTimeout> | undefined
  #failure: unknown
  #isLive = false

  constructor(options: SessionOptions) {
    this.#options = options
    this.#line = { ...options, signal: this.#ended.signal }
  }

  get isLive(): boolean {
    return this.#isLive
  }

  /** Whether nothing is being sent. */
  get isQuiet(): boolean {
    return this.#sending.size === 0
  }

  /** Whether the chat waits for the server to have again what this device has. */
  isBehind(chat: Chat): boolean {
    return this.#behind.get(chat) === chat.state.begunAt
  }

  /**
   * Follows the stream until the signal is aborted or it fails.
   * @throws what ended it: UnreachableError, RefusedError, DecodeError, or what the disk threw
   */
  async run(signal: AbortSignal): Promise<void> {
    const end = () => this.#ended.abort()
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
    try {
      await this.#follow()
    } catch (error) {
      if (!signal.aborted) this.fail(error)
    } finally {
      signal.removeEventListener('abort', end)
      await this.#close()
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Ends the session; the first failure is what `run` throws. */
  fail(error: unknown): void {
    if (!this.#ended.signal.aborted) this.#failure = error
    this.#ended.abort()
  }

  /** Sends what the chat has, as soon as the device has caught up. */
  send(chat: Chat, options: { update?: boolean } = {}): void {
    if (!this.#isLive || this.#ended.signal.aborted || this.isBehind(chat)) return
    if (this.#sending.has(chat)) {
      this.#again.add(chat)
      return
    }
    const sending = transmit(this.#line, chat, options)
      .catch((error) => this.fail(error))
      .finally(() => {
        this.#sending.delete(chat)
        if (this.#again.delete(chat)) this.send(chat)
        this.#options.onProgress()
      })
    this.#sending.set(chat, sending)
  }

  async #follow(): Promise<void> {
    const { chats, store, server } = this.#options
    const positions = [...chats].map(({ state }) => positionOf(state.chatId, state.position))
    const request = { positions, inboxPosition: store.state.inboxPosition }
    this.#options.onStep('session: subscribe')
    for await (const { event } of this.#watched(server.subscribe(request, { signal: this.#ended.signal }))) {
      await this.#take(event)
    }
    throw new UnreachableError('the server ended the stream')
  }

  async #take(event: SubscribeResponse['event']): Promise<void> {
    switch (event.case) {
      case 'entries':
        return this.#takeEntries(event.value)
      case 'inbox':
        for (const item of event.value.items) await this.#takeInboxItem(item)
        return
      case 'behind':
        return this.#setAside(ChatId.fromBytes(event.value.chatId))
      case 'caughtUp':
        return this.#goLive()
      case 'signals':
        return this.#options.onSignals(event.value)
      case 'ownMarksChanged':
        return this.#options.onOwnMarksChanged()
      case 'heartbeat':
      case undefined:
        return
      default:
        return event satisfies never
    }
  }

  async #takeEntries({ chatId, entries }: ChatEntries): Promise<void> {
    const id = ChatId.fromBytes(chatId)
    const chat = this.#options.chats.get(id)
    if (!chat || isOver(chat.state)) {
      this.#unknown.add(id)
      return
    }
    this.#options.onStep('session: entries')
    await this.#line.onEntries?.(chat, entries)
    if ((await chat.receive(entries)) === 'gap') await this.#pull(chat)
    if (isOver(chat.state)) this.#unknown.add(id)
    this.#acknowledgeSoon()
    this.send(chat)
    this.#options.onProgress()
  }

  async #takeInboxItem(item: InboxItem): Promise<void> {
    const { store } = this.#options
    if (item.position <= store.state.inboxPosition) return
    this.#options.onStep('session: inbox')
    const joined = await this.#options.onInboxItem(item)
    this.#acknowledgeSoon()
    if (!joined) return
    if (this.#unknown.delete(joined.state.chatId)) await this.#pull(joined)
    if (!this.#isLive) return
    this.#updateLater(joined)
    this.send(joined)
  }

  /** A Welcome comes before the entries that follow it: where none has led there, this device asks to come in. */
  async #pull(chat: Chat): Promise<void> {
    if ((await pull(this.#line, chat)) === 'elsewhere') await chat.miss()
  }

  /** To send there would give positions away that this device, and perhaps others, have seen taken. */
  #setAside(chatId: ChatId): void {
    const chat = this.#options.chats.get(chatId)
    if (!chat || this.isBehind(chat)) return
    this.#behind.set(chat, chat.state.begunAt)
    this.#options.onBehind(chat)
  }

  #goLive(): void {
    this.#isLive = true
    for (const chat of this.#options.chats) {
      this.send(chat)
      if (chat.state.updateDue) this.#updateLater(chat)
    }
    this.#after(ACKNOWLEDGE_EVERY_MS, () => this.#renew())
    this.#options.onCaughtUp()
    this.#options.onProgress()
  }

  /** While the session lasts. */
  later(delayMs: number, act: () => void): void {
    if (!this.#ended.signal.aborted) this.#after(delayMs, act)
  }

  #updateLater(chat: Chat): void {
    this.#after(this.#options.updateDelayMs(), () => this.send(chat, { update: true }))
  }

  /** What the stream gives, until nothing came for too long. */
  async *#watched(stream: AsyncIterable<SubscribeResponse>): AsyncGenerator<SubscribeResponse> {
    const isDead = () => this.fail(new UnreachableError('the server fell silent'))
    let timer = this.#after(SILENCE_MS, isDead)
    for await (const response of stream) {
      this.#cancel(timer)
      yield response
      timer = this.#after(SILENCE_MS, isDead)
    }
  }

  #acknowledgeSoon(): void {
    this.#acknowledgeTimer ??= this.#after(ACKNOWLEDGE_DELAY_MS, () => {
      this.#acknowledgeTimer = undefined
      this.#acknowledge().catch((error) => this.fail(error))
    })
  }

  #renew(): void {
    this.#acknowledge({ renew: true }).catch((error) => this.fail(error))
    this.#after(ACKNOWLEDGE_EVERY_MS, () => this.#renew())
  }

  /** Tells the server what is stored for good. */
  async #acknowledge({ renew = false, timeoutMs = 20_000 } = {}): Promise<void> {
    const { chats, store, server, onStep } = this.#options
    const inboxPosition = store.state.inboxPosition
    const moved = [...chats]
      .map(({ state }) => state)
      .filter(({ chatId, position }) => position > 0n && this.#acknowledged.get(chatId) !== position)
    if (!renew && moved.length === 0 && inboxPosition === this.#acknowledgedInbox) return
    const positions = moved.map(({ chatId, position }) => positionOf(chatId, position))
    onStep('session: acknowledge')
    await server.acknowledge({ positions, inboxPosition }, { timeoutMs })
    for (const { chatId, position } of moved) this.#acknowledged.set(chatId, position)
    this.#acknowledgedInbox = inboxPosition
  }

  async #close(): Promise<void> {
    this.#ended.abort()
    for (const timer of this.#timers) clearTimeout(timer)
    await Promise.all(this.#sending.values())
    if (!this.#isLive || this.#failure !== undefined) return
    // The server will hear of it with the next session at the latest.
    await this.#acknowledge({ timeoutMs: LAST_ACKNOWLEDGE_TIMEOUT_MS }).catch(() => {})
  }

  #after(delayMs: number, act: () => void): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, delayMs)
    this.#timers.add(timer)
    return timer
  }

  #cancel(timer: ReturnType<typeof setTimeout>): void {
    clearTimeout(timer)
    this.#timers.delete(timer)
  }
}

function positionOf(chatId: ChatId, position: bigint) {
  return { chatId: ChatId.toBytes(chatId), position }
}

/** Whether another try may go better: the server was not there, or the stream ended for a passing reason. */
export function isPassing(error: unknown): boolean {
  return error instanceof UnreachableError || error instanceof DecodeError
}
