/**
 * A whole server on a database of its own, and people with their clients, in one process. Only the clients' disks are
 * in memory, so that a test can look at them, copy them or let them fail.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnectTransport, Http2SessionManager } from '@connectrpc/connect-node'
import { services, startServer, toServerConfig } from '@veche/app-server'
import { type Client, type ClientOptions, openClient } from '@veche/client'
import { importProfileKey, MemoryFiles } from '@veche/history'
import type { ChatId } from '@veche/protocol'
import { silentLogger } from '@veche/service-kit'
import { testDatabase } from '@veche/service-kit/testing'
import { until } from './until.ts'

export interface Person {
  readonly handle: string
  readonly client: Client
  /** Its disk. */
  readonly files: MemoryFiles
}

export class Community implements AsyncDisposable {
  readonly url: string
  readonly #resources: AsyncDisposableStack

  private constructor(url: string, resources: AsyncDisposableStack) {
    this.url = url
    this.#resources = resources
  }

  /** Starts the server; anyone may register. */
  static async start(): Promise<Community> {
    await using resources = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'veche-'))
    resources.defer(() => rm(folder, { recursive: true, force: true }))
    const database = resources.use(await testDatabase())
    const raw = new Map([
      ['VECHE_PORT', '0'],
      ['VECHE_DATA', folder],
      ['VECHE_REGISTRATION', 'open'],
    ])
    const config = toServerConfig(raw, services)
    const server = resources.use(
      await startServer(config, { services, database: database.address, log: silentLogger }),
    )
    return new Community(server.url, resources.move())
  }

  /** Someone new with an account, called by the handle unless a name is given; it is connected until the community ends. */
  async welcome(handle: string, name = handle): Promise<Person> {
    const files = new MemoryFiles()
    const client = await this.open(files)
    await client.register({ handle, name, password: `olive harbour lantern ${handle}` })
    return { handle, client: this.connect(client), files }
  }

  /** Opens the profile on a disk. */
  async open(files: MemoryFiles, options: Partial<ClientOptions> = {}): Promise<Client> {
    const sessionManager = new Http2SessionManager(this.url)
    const transport = createConnectTransport({ httpVersion: '2', baseUrl: this.url, sessionManager })
    const client = await openClient({
      files,
      profileKey: await importProfileKey(new Uint8Array(32).fill(1)),
      connectTo: () => transport,
      server: this.url,
      ...options,
    })
    this.#resources.defer(async () => {
      await client.close()
      sessionManager.abort()
    })
    return client
  }

  /** Lets a client follow the server until the community ends. */
  connect(client: Client): Client {
    const stop = new AbortController()
    const following = client.connect(stop.signal)
    this.#resources.defer(async () => {
      stop.abort()
      await following.catch(() => {}) // the server may have been stopped before
    })
    return client
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync()
  }
}

/** Brings two people into a private chat, the first asking and the second allowing. */
export async function makeChat(
  asker: Pick<Person, 'handle' | 'client'>,
  asked: Pick<Person, 'handle' | 'client'>,
): Promise<ChatId> {
  await asker.client.requests.ask(asked.handle)
  const { incoming } = await asked.client.requests.list()
  const request = incoming.find(({ handle }) => handle === asker.handle)
  const { chat } = await asked.client.requests.answer(request?.id ?? '', 'allow')
  if (chat === undefined) throw new Error('the chat was not made')
  await until(() => asker.client.chats().some((known) => known.chat === chat))
  return chat
}

/** Each writes one message; afterwards everyone has all of them, once and in one order. */
export async function everyoneCanReadEveryone(people: readonly Person[], chat: ChatId): Promise<void> {
  const sent = await Promise.all(
    people.map(({ client, handle }) => client.send(chat, `${handle} ${crypto.randomUUID()}`)),
  )
  await Promise.all(sent.map(({ acknowledged }) => acknowledged))
  const ids = new Set<string>(sent.map(({ id }) => id))
  const orders = await Promise.all(people.map((person) => orderOf(person, chat, ids)))
  for (const order of orders) {
    if (order.length !== ids.size) throw new Error(`${order.length} of ${ids.size} messages arrived`)
    if (order.join() !== orders[0]!.join()) throw new Error('two people have two orders')
  }
}

/** Their order, once all of them are there. */
async function orderOf({ client }: Person, chat: ChatId, ids: ReadonlySet<string>): Promise<string[]> {
  let order: string[] = []
  await until(async () => {
    const messages = await client.history(chat, { limit: 1000 })
    order = messages.map(({ id }) => id as string).filter((id) => ids.has(id))
    return order.length >= ids.size
  })
  return order
}
