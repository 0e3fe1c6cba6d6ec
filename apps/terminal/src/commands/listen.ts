/**
 * Shows what comes from others, as it comes; first what came since the last time. While it runs it hosts the
 * commands of other processes on the same profile (handover/host.ts).
 */
import type { Client, ClientEvent, ShownMessage } from '@veche/client'
import type { Context } from '../context.ts'
import { maxTimeoutMs } from '../duration.ts'
import { eventFields, eventText, type ShownEvent } from '../event-view.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Failure } from '../failure.ts'
import { countOption, durationOption } from '../given-values.ts'
import { type Host, hostVisitors } from '../handover/host.ts'
import { hostAddress, type MemberProfile, type Profile, withAccount } from '../profile.ts'

const maxCount = 1_000_000

interface ListenOptions {
  readonly count?: string
  readonly timeout?: string
}

export async function run(context: Context, options: ListenOptions): Promise<ExitCode> {
  const { hosted, terminal } = context
  const count = countOption(options.count, maxCount)
  const timeoutMs = durationOption(options.timeout, maxTimeoutMs)
  const timeout = timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)]
  return withAccount(context, async (profile) => {
    const stop = new AbortController()
    const signal = AbortSignal.any([terminal.interrupted, stop.signal, ...timeout])
    const listener = new Listener(context, profile, count)
    const events = profile.client.events(signal)
    const host = hosted === undefined ? await openHost(context, profile) : undefined
    const connection = hosted === undefined ? connect(profile.client, signal, stop) : undefined
    try {
      await listener.show(events)
    } finally {
      stop.abort()
      await host?.close()
      await connection
    }
    if (terminal.interrupted.aborted) return exitCode.interrupted
    if (count !== undefined && !listener.isDone) {
      throw new Failure('timeout', exitCode.timeout, String(listener.shown))
    }
    return exitCode.done
  })
}

/** Shows events, each once: what was shown before, by whichever command, is passed over. */
class Listener {
  readonly #context: Context
  readonly #profile: MemberProfile
  readonly #count: number
  readonly #marks: Map<string, number>
  /** Messages and requests: what --count speaks of. */
  shown: number

  constructor(context: Context, profile: MemberProfile, count = Number.POSITIVE_INFINITY) {
    this.#context = context
    this.#profile = profile
    this.#count = count
    const { progress, seen } = profile
    this.#marks = new Map(Object.entries({ ...seen.marks, ...progress?.marks }))
    this.shown = progress?.shown ?? 0
  }

  get isDone(): boolean {
    return this.shown >= this.#count
  }

  async show(events: AsyncIterable<ClientEvent>): Promise<void> {
    const { hosted, output, terminal, words } = this.#context
    const { server } = this.#profile.account
    terminal.report?.({ shown: this.shown, marks: Object.fromEntries(this.#marks) })
    if (hosted !== undefined) output.remark(words.says.connected(server), connected)
    for (const message of await this.#missed()) {
      if (this.isDone) return
      await this.#showMessage({ type: 'message', ...message })
    }
    if (this.isDone) return
    for await (const event of events) {
      if (event.type === 'connection') output.remark(words.says[event.state](server), event)
      else if (event.type === 'message') await this.#showMessage(event)
      else if (!isTwice(event)) await this.#print(event)
      if (this.isDone) return
    }
  }

  /** Stored on this device and not shown yet, by chats. */
  async #missed(): Promise<ShownMessage[]> {
    const { client } = this.#profile
    const missed = client.chats().map(async ({ chat, position }) => {
      const limit = Number(position) - (this.#marks.get(chat) ?? 0)
      return limit > 0 ? client.history(chat, { limit }) : []
    })
    return (await Promise.all(missed)).flat().filter(({ seq }) => seq !== undefined)
  }

  async #showMessage(message: ShownMessage & { readonly type: 'message' }): Promise<void> {
    const { chat, from } = message
    const position = Number(message.seq)
    if (position <= (this.#marks.get(chat) ?? 0)) return
    this.#marks.set(chat, position)
    if (from.account !== this.#profile.account.account) await this.#print(message)
    this.#context.terminal.report?.({ shown: this.shown, marks: { [chat]: position } })
    await this.#profile.seen.mark(chat, position)
  }

  async #print(event: ShownEvent): Promise<void> {
    const { language, output, words } = this.#context
    const view = { words, language, account: this.#profile.account.account }
    await output.show(eventFields(event), eventText(event, view))
    if (event.type === 'message' || isAsked(event)) this.shown += 1
  }
}

function isAsked(event: ShownEvent): boolean {
  return event.type === 'request' && event.direction === 'incoming'
}

/** That a request was allowed is told by the chat, which opens with it. */
function isTwice(event: ShownEvent): boolean {
  return event.type === 'request' && event.direction === 'outgoing' && event.status !== 'refused'
}

const connected = { type: 'connection', state: 'connected' } as const

/** A server that does not accept this device ends the listening, and is told. */
function connect(client: Client, signal: AbortSignal, stop: AbortController): Promise<void> {
  const connection = client.connect(signal).finally(() => stop.abort())
  connection.catch(() => {}) // it is awaited once the listening has ended
  return connection
}

/** Without an address commands cannot be handed over: they wait, and say that the profile is busy. */
async function openHost(context: Context, { client, seen }: Profile): Promise<Host | undefined> {
  const address = await hostAddress(context)
  if (address === undefined) return undefined
  return hostVisitors(address, (argv, terminal, progress) =>
    context.run(argv, terminal, { client, seen, ...(progress && { progress }) }),
  )
}
