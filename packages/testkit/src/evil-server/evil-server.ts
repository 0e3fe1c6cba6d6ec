/**
 * A server that means ill, between real clients and real services. Each device has a line of its own on which the
 * server may lie to it alone (`person.line.tamper(…)`); the services behind can be forked and brought back to an older
 * state. Where nothing is tampered with, it is an honest server.
 */
import type { Transport } from '@connectrpc/connect'
import { type ClientEvent, openClient } from '@veche/client'
import { importProfileKey, MemoryFiles } from '@veche/history'
import type { ChatId } from '@veche/protocol'
import type { Logger } from '@veche/service-kit'
import type { Person } from '../community.ts'
import { EvilLine } from './evil-line.ts'
import { RealServer } from './real-server.ts'

export interface Victim extends Person {
  readonly line: EvilLine
  /** Everything that the client told, in order. */
  readonly events: ClientEvent[]
}

/** People with their chats as they were; the server that they were made on is disposed of last. */
export interface Scene {
  /** @param people how many of them come; all by default */
  begin(people?: number): Promise<{ server: EvilServer; cast: Victim[] }>
}

const CATCH_UP_MS = 20_000

export class EvilServer implements AsyncDisposable {
  readonly #resources: AsyncDisposableStack
  readonly #elsewhere = new Map<EvilLine, RealServer>()
  #services: RealServer
  #remembered: RealServer | undefined
  /** What the story began with. */
  #origin: RealServer | undefined

  /** @param log of the services behind; none by default */
  static async start(log?: Logger): Promise<EvilServer> {
    await using resources = new AsyncDisposableStack()
    const services = resources.use(await RealServer.start(log))
    return new EvilServer(services, resources.move())
  }

  private constructor(services: RealServer, resources: AsyncDisposableStack) {
    this.#services = services
    this.#resources = resources
  }

  /** Someone new with an account. */
  async welcome(handle: string): Promise<Victim> {
    const victim = await this.open(handle)
    await victim.client.register({ handle, name: `The ${handle}`, password: `olive harbour ${handle}` })
    return victim
  }

  /** The profile on a disk, on a line of its own unless it is given one. */
  async open(handle: string, files = new MemoryFiles(), known?: EvilLine): Promise<Victim> {
    const line: EvilLine = known ?? new EvilLine(() => this.#transportOf(line))
    const client = await openClient({
      files,
      profileKey: await profileKey(),
      connectTo: () => line,
      server: 'https://veche.example',
      maxUpdateDelayMs: 0,
    })
    const events: ClientEvent[] = []
    const stop = new AbortController()
    void (async () => {
      for await (const event of client.events(stop.signal)) events.push(event)
    })()
    this.#resources.defer(async () => {
      await client.close()
      stop.abort()
    })
    return { handle, files, client, line, events }
  }

  /** Ends everything here, and keeps it as the beginning of any number of stories. */
  async freeze(...victims: readonly Victim[]): Promise<Scene> {
    for (const { client } of victims) await client.close()
    await this.#services.stop()
    const disks = victims.map(({ handle, files }) => ({ handle, files: files.snapshot() }))
    const services = this.#services
    return {
      async begin(people) {
        const server = new EvilServer(await services.copy(), new AsyncDisposableStack())
        server.#resources.use(server.#services)
        server.#origin = services
        const cast = disks
          .slice(0, people)
          .map(({ handle, files }) => server.open(handle, MemoryFiles.from(files)))
        return { server, cast: await Promise.all(cast) }
      },
    }
  }

  /** From now on these talk to services of their own that know what was known now. */
  async fork(...victims: readonly Victim[]): Promise<void> {
    const copy = this.#resources.use(await this.#services.copy())
    for (const { line } of victims) this.#elsewhere.set(line, copy)
  }

  /** The services fail within; nothing here works any more. */
  breakService(name: 'accounts' | 'chats'): Promise<void> {
    return this.#services.breakService(name)
  }

  /** Keeps the present state, to be brought back. */
  async remember(): Promise<void> {
    this.#remembered = this.#resources.use(await this.#services.copy())
  }

  /** Brings back what was remembered, for everybody. */
  rollBack(): void {
    if (!this.#remembered) throw new Error('nothing is remembered')
    this.#services = this.#remembered
    this.#elsewhere.clear()
  }

  /** Brings back what there was when the scene began, for everybody. */
  async reset(): Promise<void> {
    if (!this.#origin) throw new Error('this server began with nothing')
    this.#services = this.#resources.use(await this.#origin.copy())
    this.#elsewhere.clear()
  }

  /** All talk to the same services again. */
  merge(): void {
    this.#elsewhere.clear()
  }

  get isRemembering(): boolean {
    return this.#remembered !== undefined
  }

  #transportOf(line: EvilLine): Transport {
    return (this.#elsewhere.get(line) ?? this.#services).transport
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync()
  }
}

export function profileKey() {
  return importProfileKey(new Uint8Array(32).fill(1))
}

/** Bob asks, Alice allows, and both are in the chat. */
export async function introduce(alice: Victim, bob: Victim): Promise<ChatId> {
  await bob.client.requests.ask(alice.handle)
  const { incoming } = await alice.client.requests.list()
  const request = incoming.find(({ handle }) => handle === bob.handle)
  const { chat } = await alice.client.requests.answer(request?.id ?? '', 'allow')
  if (chat === undefined) throw new Error('the chat was not made')
  await listen(bob)
  await listen(alice)
  return chat
}

/** Everything that there is for this device is taken in, and what waits is sent. */
export function listen({ client }: Victim): Promise<void> {
  return client.catchUp(CATCH_UP_MS)
}

/** Written, and acknowledged by the server. */
export async function say(victim: Victim, chat: ChatId, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await victim.client.send(chat, text)
  await listen(victim)
}

export async function textsOf({ client }: Victim, chat: ChatId): Promise<string[]> {
  return (await client.history(chat, { limit: 1000 })).map(({ text }) => text)
}

/** The kinds of what the person was warned of, in order. */
export function noticesOf({ events }: Victim): string[] {
  return events.flatMap((event) => (event.type === 'notice' ? [event.notice] : []))
}
