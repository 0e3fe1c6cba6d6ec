/**
 * One device's line to a server that means ill. It speaks the same RPCs, has the real services answer, and tampers with
 * what passes. Positions of logs are translated both ways (`ShownLog`), so that a lie goes on consistently.
 */
import { create, isMessage, type Message } from '@bufbuild/protobuf'
import {
  type CallOptions,
  type Client,
  createClient,
  type StreamResponse,
  type Transport,
  type UnaryResponse,
} from '@connectrpc/connect'
import { beginsLog } from '@veche/mls'
import {
  type AcknowledgeRequest,
  AcknowledgeRequestSchema,
  type AppendRequest,
  type AppendResponse,
  AppendResponseSchema,
  ChatsService,
  type Entry,
  EntryKind,
  EntrySchema,
  type InboxItem,
  InboxItemSchema,
  JoinGroupResponseSchema,
  type ListEntriesRequest,
  type ListEntriesResponse,
  ListEntriesResponseSchema,
  type SubscribeRequest,
  SubscribeRequestSchema,
  type SubscribeResponse,
  SubscribeResponseSchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ShownInbox } from './shown-inbox.ts'
import { type EntryFate, ShownLog } from './shown-log.ts'
import type { Call, Tampering } from './tampering.ts'

type Unary = Transport['unary']
type Stream = Transport['stream']

const PAGE = 500

export class EvilLine implements Transport {
  /** The unary calls that the device made. */
  readonly calls: Call[] = []
  /** Sees each of them before anything happens to it. */
  onCall: (call: Call) => void = () => {}
  readonly #server: () => Transport
  readonly #logs = new Map<string, ShownLog>()
  readonly #inbox = new ShownInbox()
  /** By chat: where the device was last told to begin. */
  readonly #beginnings = new Map<string, bigint>()
  #tamperings: readonly Tampering[] = []

  constructor(server: () => Transport) {
    this.#server = server
  }

  /** From now on so, until told otherwise. What the services say meets the first of them first. */
  tamper(...tamperings: readonly Tampering[]): void {
    this.#tamperings = tamperings
  }

  honest(): void {
    this.#tamperings = []
  }

  get logs(): readonly ShownLog[] {
    return [...this.#logs.values()]
  }

  /** What the device is shown of a chat; undefined before it was shown anything. */
  log(chatId: Uint8Array): ShownLog | undefined {
    return this.#logs.get(keyOf(chatId))
  }

  /** From now on the device is shown the real logs, whatever it was shown before. */
  showRealLogs(): void {
    this.#logs.clear()
  }

  unary: Transport['unary'] = (...call) => this.#unary(...(call as Parameters<Unary>)) as Promise<never>
  stream: Transport['stream'] = (...call) => this.#stream(...(call as Parameters<Stream>)) as Promise<never>

  async #unary(...call: Parameters<Unary>): Promise<UnaryResponse> {
    const [method, signal, timeoutMs, header, input, values] = call
    const request: Message = create(method.input, input)
    const made = { name: method.name, request, header: new Headers(header) }
    const options = { ...(signal && { signal }), headers: made.header }
    this.calls.push(made)
    this.onCall(made)
    let response: UnaryResponse | undefined
    const answer = async () => {
      if (method.name === 'ListEntries') return this.#listEntries(request as ListEntriesRequest, options)
      const passed = this.#toReal(method.name, request)
      response = await this.#server().unary(method, signal, timeoutMs, made.header, passed, values)
      return this.#toShown(method.name, request, response.message)
    }
    const message = await this.#tamperings.reduce(
      (proceed, { call }) => (call ? () => call(made, proceed) : proceed),
      answer,
    )()
    if (isMessage(message, JoinGroupResponseSchema)) {
      const { chatId } = request as unknown as { chatId: Uint8Array }
      this.#beginnings.set(keyOf(chatId), message.position)
    }
    const none = { header: new Headers(), trailer: new Headers() }
    return { stream: false, service: method.parent, method, ...none, ...response, message }
  }

  async #stream(...call: Parameters<Stream>): Promise<StreamResponse> {
    const [method, signal, timeoutMs, header, input, values] = call
    if (method.name !== 'Subscribe') return this.#server().stream(...call)
    const request = await requestOf(input)
    const positions = request.positions.map(({ chatId, position }) => ({
      chatId,
      position: this.#openAt(chatId, position).taken,
    }))
    const inboxPosition = this.#inbox.toReal(request.inboxPosition)
    const passed = one(create(SubscribeRequestSchema, { positions, inboxPosition }))
    const response = await this.#server().stream(method, signal, timeoutMs, header, passed, values)
    const message = this.#follow(request, response.message as AsyncIterable<SubscribeResponse>)
    return { ...response, message }
  }

  /** What was missed of each log as it is shown here, then what comes; a log that ends too early is told of first. */
  async *#follow(
    { positions }: SubscribeRequest,
    real: AsyncIterable<SubscribeResponse>,
  ): AsyncGenerator<SubscribeResponse> {
    const shown = new Map<string, bigint>()
    for (const { chatId, position } of positions) {
      const log = this.#open(chatId, position)
      shown.set(keyOf(chatId), position)
      if (log.head < position) yield event({ case: 'behind', value: { chatId, head: log.head } })
      else yield* this.#news(log, shown)
    }
    for await (const response of real) {
      if (response.event.case === 'entries') {
        const { chatId, entries } = response.event.value
        const before = this.#open(chatId, entries[0]!.position - 1n)
        const log = this.#take(before, entries)
        if (log !== before || !shown.has(keyOf(chatId))) shown.set(keyOf(chatId), log.begin)
        yield* this.#news(log, shown)
      } else if (response.event.case === 'inbox') {
        yield this.#items(response.event.value.items)
      } else {
        if (response.event.case === 'caughtUp') yield this.#forgedItems()
        yield response
      }
    }
  }

  #items(real: readonly InboxItem[]): SubscribeResponse {
    const numbered = real.map((item) => ({ ...item, position: this.#inbox.toShown(item.position) }))
    const items = numbered.flatMap((item) =>
      this.#tamperings.reduce((all, { item: change }) => (change ? all.flatMap(change) : all), [item]),
    )
    return this.#told(items)
  }

  #forgedItems(): SubscribeResponse {
    const forged = this.#tamperings.flatMap(({ forged }) => forged?.() ?? [])
    return this.#told(
      forged.map((item) => create(InboxItemSchema, { position: this.#inbox.forge(), item: item as never })),
    )
  }

  #told(items: readonly InboxItem[]): SubscribeResponse {
    for (const { item } of items)
      if (item.case === 'welcome') this.#beginnings.set(keyOf(item.value.chatId), item.value.position)
    return event({ case: 'inbox', value: { items } })
  }

  *#news(log: ShownLog, shown: Map<string, bigint>): Generator<SubscribeResponse> {
    this.#turn(log)
    const { chatId } = log
    for (;;) {
      const entries = log.after(shown.get(keyOf(chatId))!, PAGE)
      if (entries.length === 0) return
      shown.set(keyOf(chatId), entries.at(-1)!.position)
      yield event({ case: 'entries', value: { chatId, entries } })
    }
  }

  async #listEntries(
    { chatId, after, limit }: ListEntriesRequest,
    options: CallOptions,
  ): Promise<ListEntriesResponse> {
    let log = this.#openAt(chatId, after)
    const chats: Client<typeof ChatsService> = createClient(ChatsService, this.#server())
    for (;;) {
      const page = await chats.listEntries({ chatId, after: log.taken, limit: PAGE }, options)
      log = this.#take(log, page.entries)
      if (page.entries.length === 0 || log.taken >= page.head) break
    }
    this.#turn(log)
    const entries = log.after(after, limit === 0 ? 100 : limit)
    return create(ListEntriesResponseSchema, { entries, head: log.head })
  }

  /** Takes a commit that the services refuse, for this device alone: it stands in its log, and nowhere else. */
  adopt({ chatId, messageId, entry }: AppendRequest, by: Pick<Entry, 'accountId' | 'deviceId'>): Message {
    const log = this.log(chatId)
    if (!log || entry.case !== 'handshake') throw new Error('only commits are adopted')
    const { commit: mlsMessage, profileCiphertext: contentCiphertext, wrappedProfileKey } = entry.value
    const kind = EntryKind.COMMIT
    const content = { mlsMessage, contentCiphertext, wrappedKey: wrappedProfileKey }
    log.append(create(EntrySchema, { ...by, messageId, kind, ...content }))
    return create(AppendResponseSchema, { position: log.head })
  }

  /** Where the chat was begun anew, another log begins. */
  #take(log: ShownLog, entries: readonly Entry[]): ShownLog {
    const begins = entries.findIndex(({ position }) => position > log.taken + 1n && beginsLog(position))
    if (begins < 0) {
      log.take(entries)
      return log
    }
    log.take(entries.slice(0, begins))
    this.#logs.delete(keyOf(log.chatId))
    const next = this.#open(log.chatId, entries[begins]!.position - 1n)
    return this.#take(next, entries.slice(begins))
  }

  /** Where the device has come into a chat anew, another log begins there. */
  #openAt(chatId: Uint8Array, position: bigint): ShownLog {
    const present = this.#logs.get(keyOf(chatId))
    const isAnew = position === this.#beginnings.get(keyOf(chatId)) && present && position > present.head
    if (isAnew) this.#logs.delete(keyOf(chatId))
    return this.#open(chatId, position)
  }

  #open(chatId: Uint8Array, begin: bigint): ShownLog {
    const present = this.#logs.get(keyOf(chatId))
    if (present) return present
    const log = new ShownLog(chatId, begin)
    this.#logs.set(keyOf(chatId), log)
    return log
  }

  #turn(log: ShownLog): void {
    log.turn((entry) =>
      this.#tamperings.reduce<EntryFate>(
        (fate, { entry: tamper }) => {
          if (!tamper || fate === 'held') return fate
          const fates = fate.map((one) => tamper(one, log))
          return fates.some((one) => one === 'held') ? 'held' : (fates as (typeof fate)[]).flat()
        },
        [entry],
      ),
    )
  }

  /** What the device names by positions that it was shown, as the services know them. */
  #toReal(rpc: string, request: Message): Message {
    if (rpc !== 'Acknowledge') return request
    const { positions, inboxPosition } = request as AcknowledgeRequest
    const real = positions.map(({ chatId, position }) => ({
      chatId,
      position: this.log(chatId)?.toReal(position) ?? position,
    }))
    const inbox = this.#inbox.toReal(inboxPosition)
    return create(AcknowledgeRequestSchema, { positions: real, inboxPosition: inbox })
  }

  #toShown(rpc: string, request: Message, answer: Message): Message {
    if (rpc !== 'Append') return answer
    const { chatId } = request as unknown as { chatId: Uint8Array }
    const { position } = answer as AppendResponse
    return { ...answer, position: this.log(chatId)?.toShown(position) ?? position } as Message
  }
}

async function requestOf(input: AsyncIterable<object>): Promise<SubscribeRequest> {
  for await (const request of input) return create(SubscribeRequestSchema, request)
  throw new Error('a call without a request')
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value
}

function event(value: object): SubscribeResponse {
  return create(SubscribeResponseSchema, { event: value as never })
}

function keyOf(chatId: Uint8Array): string {
  return Buffer.from(chatId).toString('hex')
}
