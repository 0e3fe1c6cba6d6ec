/**
 * What stands beside the logs while the device is connected: when marks are set, told and taken in (M20).
 *
 * Own marks go a moment after they have changed, so that the other devices agree within a second. Read marks wait longer
 * and by chance, for all chats at once: nobody reads off them when exactly a person looked, or a device was there (B7). What
 * waits when the session ends goes then; what cannot go is left to the next. One call after the other.
 */
import { type ChatId, DecodeError } from '@veche/protocol'
import type { ChatSignals } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Chat } from './chat.ts'
import { RefusedError, UnreachableError } from './errors.ts'
import { OwnMarks } from './own-marks.ts'
import type { Session } from './session.ts'
import { Signals, type SignalsOptions } from './signals.ts'
import { Typing } from './typing.ts'

export interface MarksOptions extends Omit<SignalsOptions, 'onTyping' | 'calls'> {
  /** From 0 to 1. */
  readonly random: () => number
  /** Something was done, and perhaps there is no more. */
  readonly onProgress: () => void
}

const OWN_DELAY_MS = 200
const READ_DELAY_MS = 500
const READ_JITTER_MS = 2000
/** A typing signal is repeated while its receivers still believe the last one. */
const TYPING_EVERY_MS = 4000
const LAST_WORDS_MS = 2000

export class Marks {
  readonly typing: Typing
  readonly #options: MarksOptions
  readonly #own: OwnMarks
  readonly #signals: Signals
  readonly #timers = new Map<'own' | 'read', ReturnType<typeof setTimeout>>()
  /** When each chat's typing was last told. */
  readonly #toldTyping = new Map<ChatId, number>()
  #session: Session | undefined
  #ended = new AbortController()
  #work: Promise<void> = Promise.resolve()
  #underWay = 0

  constructor(options: MarksOptions) {
    this.#options = options
    this.typing = new Typing(options.onEvent)
    const calls = () => ({ signal: this.#ended.signal })
    this.#own = new OwnMarks({ ...options, calls })
    this.#signals = new Signals({ ...options, calls, onTyping: (heard) => this.typing.hear(heard) })
  }

  /** Whether nothing is under way. */
  get isQuiet(): boolean {
    return this.#underWay === 0
  }

  /** The device has caught up. */
  begin(session: Session): void {
    this.#session = session
    this.#ended = new AbortController()
    this.pull()
    this.#do(async () => this.changed())
  }

  /** Other devices of the account have set marks, or a chat is new. */
  pull(): void {
    this.#do(() => this.#own.pull())
  }

  /** Something may have to be set or told. */
  changed(): void {
    this.#later('own', OWN_DELAY_MS, () => this.#pushOwn())
    const jitterMs = this.#options.random() * READ_JITTER_MS
    this.#later('read', READ_DELAY_MS + jitterMs, () => this.#tellRead())
  }

  /** Takes in what came by the stream. */
  take(signals: ChatSignals): Promise<void> {
    return this.#signals.take(signals)
  }

  /** The user writes in a chat, or has stopped without sending. Told while there is a connection, and not too often. */
  setTyping(chat: Chat, isTyping: boolean): void {
    const { chatId } = chat.state
    const nowMs = this.#options.nowMs()
    const wasToldMs = this.#toldTyping.get(chatId)
    if (isTyping ? wasToldMs !== undefined && nowMs - wasToldMs < TYPING_EVERY_MS : wasToldMs === undefined)
      return
    if (isTyping) this.#toldTyping.set(chatId, nowMs)
    else this.#toldTyping.delete(chatId)
    this.#do(() => this.#signals.tellTyping(chat, isTyping))
  }

  /** What the user wrote is on its way: it says itself that it is written. */
  sent(chat: Chat): void {
    this.#toldTyping.delete(chat.state.chatId)
  }

  /** The session ends: what waits is said now, if it ended well. */
  async end({ isWell }: { readonly isWell: boolean }): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    const waited = this.#timers.size > 0
    this.#timers.clear()
    if (isWell && waited) {
      this.#do(() => this.#pushOwn())
      this.#do(() => this.#tellRead())
    }
    const ended = this.#ended
    const timer = setTimeout(() => ended.abort(), isWell ? LAST_WORDS_MS : 0)
    await this.#work
    clearTimeout(timer)
    this.#session = undefined
    this.#toldTyping.clear()
    this.typing.clear()
  }

  async #pushOwn(): Promise<void> {
    for (const chat of this.#options.chats)
      if (this.#own.isDue(chat)) await this.#try(() => this.#own.push(chat))
  }

  async #tellRead(): Promise<void> {
    for (const chat of this.#options.chats) {
      if (this.#signals.isReadDue(chat)) await this.#try(() => this.#signals.tellRead(chat))
    }
  }

  #later(what: 'own' | 'read', delayMs: number, act: () => Promise<void>): void {
    if (!this.#session || this.#timers.has(what)) return
    const timer = setTimeout(() => {
      this.#timers.delete(what)
      this.#do(act)
    }, delayMs)
    this.#timers.set(what, timer)
  }

  #do(act: () => Promise<void>): void {
    if (!this.#session) return
    this.#underWay++
    this.#work = this.#work
      .then(() => (this.#session ? this.#try(act) : undefined))
      .finally(() => {
        this.#underWay--
        this.#options.onProgress()
      })
  }

  /** What the server does not do now is left to a later time; what the disk throws ends the session. */
  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      if (error instanceof RefusedError && error.retryAfterMs > 0)
        this.#session?.later(error.retryAfterMs, () => this.changed())
      const isPassing =
        error instanceof RefusedError || error instanceof UnreachableError || error instanceof DecodeError
      if (!isPassing) this.#session?.fail(error)
    }
  }
}
