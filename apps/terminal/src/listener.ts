/**
 * What `listen` shows: events, each once. What was shown before, by whichever command, is passed over (seen.ts);
 * what another command fetched and did not show comes first.
 */
import {
  type ClientEvent,
  RefusedError,
  type Request,
  type ShownMessage,
  UnreachableError,
} from '@veche/client'
import type { Context } from './context.ts'
import type { DeviceEvent } from './device-view.ts'
import { eventFields, eventText, type ShownEvent } from './event-view.ts'
import { groupName, groupNames } from './group-view.ts'
import { answeredBy } from './message-view.ts'
import type { MemberProfile } from './profile.ts'
import type { Marks } from './seen.ts'

export class Listener {
  readonly #context: Context
  readonly #profile: MemberProfile
  readonly #count: number
  readonly #marks: Map<string, number>
  /** The names of the groups, by id. */
  #groups: Map<string, string> = new Map()
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
    const { hosted, terminal } = this.#context
    terminal.report?.({ shown: this.shown, marks: Object.fromEntries(this.#marks) })
    this.#groups = groupNames(this.#profile.client.chats())
    for (const message of await this.#missedMessages()) await this.#take({ type: 'message', ...message })
    for (const news of this.#profile.client.devices.news()) await this.#take({ type: 'device', ...news })
    if (hosted !== undefined) await this.#meetServer() // connected already, by the host
    if (this.isDone) return
    for await (const event of events) {
      await this.#take(event)
      if (this.isDone) return
    }
  }

  async #take(event: ClientEvent): Promise<void> {
    if (this.isDone) return
    if (event.type === 'archive') return
    if (event.type === 'connection')
      return event.state === 'connected' ? this.#meetServer() : this.#tell(event.state)
    if (event.type === 'device') return this.#takeDevice(event)
    const { key, position } = placeOf(event)
    if (key !== undefined && position <= (this.#marks.get(key) ?? 0)) return
    const marks = key === undefined ? {} : { [key]: position }
    if (this.#isNoNews(event)) this.#context.terminal.report?.({ shown: this.shown, marks })
    else await this.#print(event, marks)
    if (key === undefined) return
    this.#marks.set(key, position)
    await this.#profile.seen.mark(key, position)
    if (event.type === 'message') await this.#profile.client.keeping.markRead(event.chat, BigInt(position))
  }

  /** That a device came or went is shown once, by whichever command; what others met and did not show comes first. */
  async #takeDevice(event: DeviceEvent): Promise<void> {
    const { devices } = this.#profile.client
    const isNews = devices
      .news()
      .some(({ device, change }) => device === event.device && change === event.change)
    if (!isNews) return
    await this.#print(event)
    await devices.told(event)
  }

  /** Shows the requests that another command may have fetched from the device's inbox. */
  async #meetServer(): Promise<void> {
    const requests = await this.#pendingRequests()
    this.#tell(requests === undefined ? 'disconnected' : 'connected')
    for (const request of requests ?? []) await this.#take({ type: 'request', ...request })
  }

  #tell(state: 'connected' | 'disconnected'): void {
    const { output, words } = this.#context
    output.remark(words.says[state](this.#profile.account.server), { type: 'connection', state })
  }

  /** Stored on this device and not shown yet, by chats. */
  async #missedMessages(): Promise<ShownMessage[]> {
    const { client } = this.#profile
    const missed = client.chats().map(async ({ chat, position, archive }) => {
      // What is older than this device is no news.
      const limit = Number(position) - Math.max(this.#marks.get(chat) ?? 0, archive?.total ?? 0)
      return limit > 0 ? client.history(chat, { limit }) : []
    })
    return (await Promise.all(missed)).flat().filter(({ seq }) => seq !== undefined)
  }

  /** Oldest first; undefined when the server cannot be asked: it is, with the next connection. */
  async #pendingRequests(): Promise<Request[] | undefined> {
    try {
      const { incoming } = await this.#profile.client.requests.list()
      return incoming.filter(({ status }) => status === 'pending').reverse()
    } catch (error) {
      if (error instanceof UnreachableError || error instanceof RefusedError) return undefined
      throw error
    }
  }

  /** What the person does is not news (taking out who left is their act), nor is that a request was allowed: the chat opens with it. */
  #isNoNews(event: ShownEvent): boolean {
    const own = this.#profile.account.account
    if (event.type === 'message') return event.from.account === own
    if (event.type === 'marks') return event.here
    if (event.type === 'group') return event.by?.account === own && event.how !== 'left'
    return event.type === 'request' && event.direction === 'outgoing' && event.status !== 'refused'
  }

  /** @param marks what counts as shown with it: whoever takes this command up goes on behind it */
  async #print(event: ShownEvent, marks: Marks = {}): Promise<void> {
    const { language, output, words } = this.#context
    if (isOfGroup(event)) this.#groups.set(event.chat, groupName(event))
    const groupOf = (chat: string) => this.#groups.get(chat)
    const answered = await answeredBy(this.#profile.client, event.type === 'message' ? [event] : [])
    const view = { words, language, account: this.#profile.account.account, groupOf, answered }
    if (event.type === 'message' || isAsked(event)) this.shown += 1
    await output.show(eventFields(event), eventText(event, view), { shown: this.shown, marks })
  }
}

/** What marks an event as shown: a message its place in the chat's log, a request its id. */
function placeOf(event: ShownEvent): { readonly key?: string; readonly position: number } {
  if (event.type === 'message') return { key: event.chat, position: Number(event.seq) }
  return isAsked(event) ? { key: event.id, position: 1 } : { position: 0 }
}

/** Such an event tells what the group is called now. */
function isOfGroup(
  event: ShownEvent,
): event is Extract<ShownEvent, { readonly name: string; type: 'chat' | 'group' }> {
  return event.type === 'group' || (event.type === 'chat' && event.name !== undefined)
}

function isAsked(event: ShownEvent): event is Extract<ShownEvent, { type: 'request' }> {
  return event.type === 'request' && event.direction === 'incoming'
}
