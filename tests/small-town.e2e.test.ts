/** From the few of one house to a small town, on one server of one machine. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CallOptions, type Client, createClient } from '@connectrpc/connect'
import { createConnectTransport, Http2SessionManager } from '@connectrpc/connect-node'
import { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { until } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BenchServer } from '../bench/bench-server.ts'
import { type Pair, Registrar } from '../bench/device.ts'
import { proportionalKib } from '../bench/process-cost.ts'

/** Connected in the same moment: of a town of some thousands, those who look at their messages just then. */
const PAIRS = 100
/** What the smallest rented machine has to spare; 140 were measured. */
const MOST_MIB = 256

let folder: string
let server: BenchServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
  server = await BenchServer.start(folder)
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

test(`M3 a server with a few people, its PostgreSQL counted in, fits into ${MOST_MIB} MiB`, async () => {
  await talk(3)
  const usedMib = proportionalKib([...server.serverPids, ...server.postgresPids]) / 1024
  expect(usedMib).toBeGreaterThan(10) // it was measured at all
  expect(usedMib).toBeLessThan(MOST_MIB)
})

test(`M8 ${2 * PAIRS} people are connected at once, and each message comes to both of its chat, once`, () =>
  talk(PAIRS))

/** So many pairs, new to the server, write to each other at once. */
async function talk(pairCount: number): Promise<void> {
  using resources = new DisposableStack()
  const registrar = resources.use(new Registrar(server.url))
  const chats: { readonly pair: Pair; readonly both: readonly Member[] }[] = []
  for (let made = 0; made < pairCount; made++) {
    const pair = await registrar.pair()
    const both = [pair.senderToken, pair.receiverToken].map((token) =>
      resources.use(new Member(server.url, token)),
    )
    chats.push({ pair, both })
  }
  await Promise.all(chats.flatMap(({ both }) => both.map(({ caughtUp }) => caughtUp)))
  const rounds = [chats.map(() => randomBytes(16)), chats.map(() => randomBytes(16))]
  for (const ids of rounds) {
    await Promise.all(chats.map(({ pair, both }, index) => both[0]!.write(pair, ids[index]!)))
    await until(() => chats.every(({ both }, index) => both.every((each) => each.hasHeard(ids[index]!))))
  }
  for (const [index, { both }] of chats.entries()) {
    const written = rounds.map((ids) => ids[index]!.toString('hex'))
    for (const { heard } of both) expect(heard).toEqual(written)
  }
}

/** A device on a connection of its own. */
class Member implements Disposable {
  /** Ids of messages, in the order in which they came. */
  readonly heard: string[] = []
  readonly caughtUp: Promise<void>
  readonly #sessions: Http2SessionManager
  readonly #chats: Client<typeof ChatsService>
  readonly #options: CallOptions

  constructor(url: string, token: string) {
    this.#sessions = new Http2SessionManager(url)
    const transport = { httpVersion: '2', baseUrl: url, sessionManager: this.#sessions } as const
    this.#chats = createClient(ChatsService, createConnectTransport(transport))
    this.#options = { headers: { authorization: `Bearer ${token}` } }
    this.caughtUp = new Promise((resolve, reject) => this.#listen(resolve).catch(reject))
  }

  hasHeard(messageId: Buffer): boolean {
    return this.heard.includes(messageId.toString('hex'))
  }

  async write({ chatId, application }: Pair, messageId: Uint8Array): Promise<void> {
    const entry = { case: 'application', value: application } as const
    await this.#chats.append({ chatId, messageId, entry }, this.#options)
  }

  async #listen(onCaughtUp: () => void): Promise<void> {
    for await (const { event } of this.#chats.subscribe({}, this.#options)) {
      if (event.case === 'caughtUp') onCaughtUp()
      if (event.case !== 'entries') continue
      for (const { messageId, contentCiphertext } of event.value.entries) {
        if (contentCiphertext.length > 0) this.heard.push(Buffer.from(messageId).toString('hex'))
      }
    }
  }

  [Symbol.dispose](): void {
    this.#sessions.abort()
  }
}
