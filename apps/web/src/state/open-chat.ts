/** One chat that is on show: its messages, what is being written in it, who writes. One at a time; `close` ends it. */
import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { ChatSummary, Person, ShownMessage } from '@veche/client'
import type { CoreEvent, RemoteClient } from '../core/remote-client.ts'
import { coalesce } from './coalesce.ts'
import {
  type Conversation,
  firstSeq,
  lastSeq,
  ON_HAND,
  PAGE,
  unopened,
  withNewer,
  withNewest,
  withNews,
  withOlder,
} from './conversation.ts'
import { reasonOf } from './failure.ts'

type ChatId = ChatSummary['chat']
type MessageId = ShownMessage['id']

export interface OpenChatOptions {
  readonly client: RemoteClient
  readonly chat: ChatSummary
  /** The chat as the list has it now. */
  readonly current: () => ChatSummary
  readonly onError: (error: unknown) => void
  readonly onSent: () => void
}

/** A typing word is good for so long. */
const TYPING_MS = 8000
/** The most that a page asks for at once, where many came together. */
const MOST = 2000

export class OpenChat {
  readonly chat: ChatId
  readonly answering: Signal<ShownMessage | undefined> = signal(undefined)
  readonly #conversation: Signal<Conversation>
  readonly #quoted: Signal<ReadonlyMap<MessageId, ShownMessage | undefined>> = signal(new Map())
  readonly #typing: Signal<readonly Person[]> = signal([])
  readonly #options: OpenChatOptions
  /** Whether what is newest is before the reader's eyes; the view says so. */
  isAtEnd = true
  #typingEnds: ReturnType<typeof setTimeout> | undefined
  #marked = 0n
  #isClosed = false

  constructor(options: OpenChatOptions) {
    this.#options = options
    this.chat = options.chat.chat
    this.#conversation = signal(unopened(options.chat.read))
  }

  get conversation(): ReadonlySignal<Conversation> {
    return this.#conversation
  }

  /** Messages that others answer and that are not on hand; undefined where this device does not have them. */
  get quoted(): ReadonlySignal<ReadonlyMap<MessageId, ShownMessage | undefined>> {
    return this.#quoted
  }

  get typing(): ReadonlySignal<readonly Person[]> {
    return this.#typing
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#typingEnds)
  }

  hear(event: CoreEvent): void {
    if (!('chat' in event) || event.chat !== this.chat) return
    if (event.type === 'typing') this.#setTyping(event.by, event.typing)
    if (event.type === 'group') this.#set(withNews(this.#now, event))
    if (event.type === 'message') this.#setTyping(event.from, false)
    if (event.type === 'archive') this.#set({ ...this.#now, hasOlder: true })
    if (event.type !== 'typing' && !this.#now.hasNewer) void this.refresh()
  }

  /** The newest messages anew: all changes of what is on hand come by this. */
  readonly refresh = coalesce(async () => {
    const first = firstSeq(this.#now)
    const { isAtEnd } = this
    const wished = Math.max(PAGE, this.#now.messages.length + PAGE / 2)
    let limit = isAtEnd ? Math.min(wished, ON_HAND) : wished
    let page = await this.#history(limit)
    const isMissing = () => first !== undefined && page.length === limit && (page[0]?.seq ?? 0n) > first
    while (!isAtEnd && limit < MOST && isMissing()) {
      limit *= 2
      page = await this.#history(limit)
    }
    if (this.#now.hasNewer) return
    const kept = first === undefined ? page : page.filter(({ seq }) => seq === undefined || seq >= first)
    const isWhole = page.length < limit && this.#isArchiveDone()
    this.#set(withNewest(this.#now, kept, { isWhole, isAtEnd }))
  })

  /** Opens it at its end. */
  async toEnd(): Promise<void> {
    this.#set({ ...unopened(this.#now.readUpTo), news: this.#now.news })
    await this.refresh()
  }

  async older(): Promise<void> {
    const before = firstSeq(this.#now)
    if (!this.#now.hasOlder || this.#now.fetching !== undefined || before === undefined) return
    this.#set({ ...this.#now, fetching: 'older' })
    await this.#fetchArchive(before)
    const page = await this.#history(PAGE, before)
    this.#set(withOlder(this.#now, page, page.length === PAGE || (page.length > 0 && !this.#isArchiveDone())))
  }

  /** Positions follow one another without gaps; where a stretch holds no message, the next one is read. */
  async newer(): Promise<void> {
    const after = lastSeq(this.#now)
    if (!this.#now.hasNewer || this.#now.fetching !== undefined || after === undefined) return
    this.#set({ ...this.#now, fetching: 'newer' })
    const end = this.#options.current().position
    for (let from = after; ; from += BigInt(PAGE)) {
      const isLast = from + BigInt(PAGE) >= end
      const page = isLast
        ? await this.#history(2 * PAGE)
        : await this.#history(PAGE, from + BigInt(PAGE) + 1n)
      const newer = page.filter(({ seq }) => seq === undefined || seq > after)
      if (newer.length === 0 && !isLast) continue
      this.#set(withNewer(this.#now, newer, !isLast))
      return
    }
  }

  /** Shows a message among its neighbours. */
  async jump(id: MessageId): Promise<void> {
    const message =
      this.#now.messages.find((each) => each.id === id) ?? (await this.#options.client.message(this.chat, id))
    if (message === undefined) return
    const isOnHand = this.#now.messages.some((each) => each.id === id)
    if (isOnHand || message.seq === undefined) return this.#set({ ...this.#now, found: id })
    const page = await this.#history(PAGE, message.seq + BigInt(PAGE / 2))
    const isAround = page.some((each) => each.id === id)
    if (!isAround) return
    this.#set({
      ...this.#now,
      messages: page,
      hasOlder: true,
      hasNewer: true,
      found: id,
      fetching: undefined,
    })
  }

  forgetFound(): void {
    if (this.#now.found !== undefined) this.#set({ ...this.#now, found: undefined })
  }

  /** Everything to the end was shown. */
  seen(): void {
    const seq = lastSeq(this.#now)
    if (seq === undefined || this.#now.hasNewer || seq <= this.#marked) return
    this.#marked = seq
    this.#options.client.keeping.markRead(this.chat, seq).catch(this.#options.onError)
  }

  /** @returns whether it is in durable keeping */
  async send(text: string): Promise<boolean> {
    const replyTo = this.answering.value?.id
    try {
      await this.#options.client.send(this.chat, text, { fromDraft: true, ...(replyTo && { replyTo }) })
    } catch (error) {
      this.#options.onError(error)
      return false
    }
    this.answering.value = undefined
    if (this.#now.hasNewer) await this.toEnd()
    else await this.refresh()
    this.#options.onSent()
    return true
  }

  async resend(id: MessageId): Promise<void> {
    await this.#options.client.unsent.resend(this.chat, id)
    await this.refresh()
  }

  /** Reads what messages on hand answer, where it is not on hand itself. */
  async readQuoted(): Promise<void> {
    const onHand = new Set(this.#now.messages.map(({ id }) => id))
    const asked = this.#now.messages.flatMap(({ replyTo }) => replyTo ?? [])
    const missing = [...new Set(asked)].filter((id) => !onHand.has(id) && !this.#quoted.value.has(id))
    if (missing.length === 0) return
    const found = await Promise.all(
      missing.map(async (id) => [id, await this.#options.client.message(this.chat, id)] as const),
    )
    if (!this.#isClosed) this.#quoted.value = new Map([...this.#quoted.value, ...found])
  }

  get #now(): Conversation {
    return this.#conversation.value
  }

  #set(conversation: Conversation): void {
    if (!this.#isClosed) this.#conversation.value = conversation
  }

  #history(limit: number, before?: bigint): Promise<ShownMessage[]> {
    return this.#options.client.history(this.chat, { limit, ...(before !== undefined && { before }) })
  }

  #isArchiveDone(): boolean {
    const { archive } = this.#options.current()
    return archive === undefined || archive.done
  }

  /** Without a connection what is here is shown. */
  async #fetchArchive(before: bigint): Promise<void> {
    if (this.#isArchiveDone()) return
    try {
      await this.#options.client.archive.fetch(this.chat, { limit: PAGE, before })
    } catch (error) {
      if (reasonOf(error) === 'unknown') this.#options.onError(error)
    }
  }

  #setTyping(by: Person, isTyping: boolean): void {
    const others = this.#typing.value.filter(({ account }) => account !== by.account)
    if (!isTyping && others.length === this.#typing.value.length) return
    clearTimeout(this.#typingEnds)
    this.#typingEnds = setTimeout(() => {
      this.#typing.value = []
    }, TYPING_MS)
    batch(() => {
      this.#typing.value = isTyping ? [...others, by] : others
    })
  }
}
