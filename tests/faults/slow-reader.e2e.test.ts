/**
 * F18: a device is stopped by SIGSTOP, its connection open, while thousands of messages are stored for it. The server keeps
 * few of them under way, serves the others, and the device gets every one once it goes on.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@connectrpc/connect'
import { createConnectTransport, Http2SessionManager } from '@connectrpc/connect-node'
import { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { freePort, type Seen, ServerProcess, SLOW_READER, until } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Pair, Registrar } from '../../bench/device.ts'

/** As many senders as keep each of them below its limit of calls. */
const SENDERS = process.env.VECHE_LONG === '1' ? 20 : 10
const WARM_UP = 100
const MESSAGES = 500
const PENDING = SENDERS * MESSAGES
const CONTENT_BYTES = 8 * 1024
const MIB_PER_MESSAGE = CONTENT_BYTES / 2 ** 20
/** In the server's queue, in the call, and in the sockets of both sides; everything else is read from PostgreSQL. */
const MAX_UNDER_WAY_MIB = 16

let folder: string
let server: ServerProcess
const readers: ChildProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
  const env = { VECHE_REGISTRATION: 'open', VECHE_ACCOUNT_RATE: '0', VECHE_ADDRESS_RATE: '0' }
  server = await ServerProcess.start({ data: join(folder, 'data'), port: await freePort(), env })
})
afterAll(async () => {
  for (const reader of readers) reader.kill('SIGKILL')
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

test(`F18 M17 a reader that is stopped costs little, holds up nobody, and gets all ${PENDING}`, async () => {
  using registrar = new Registrar(server.url)
  const receiver = await registrar.register()
  const pairs: Pair[] = []
  for (let sender = 0; sender < SENDERS; sender++) pairs.push(await registrar.pair(receiver))
  const healthy = await registrar.pair()
  const other = new Reader(healthy.receiverToken, 2 * WARM_UP)
  const slow = new Reader(receiver.token, SENDERS * WARM_UP + PENDING)
  await Promise.all([other.isLive(), slow.isLive()])

  // What the server needs for such a load with readers that read.
  const idleMib = server.residentMib
  await sendAll([healthy, ...pairs], WARM_UP)
  const warmMib = server.residentMib
  slow.child.kill('SIGSTOP')
  await sendAll(pairs, MESSAGES)
  const growthMib = server.residentMib - warmMib
  await sendAll([healthy], WARM_UP)
  expect(await other.seen()).toEqual({ entries: 2 * WARM_UP, misplaced: 0, streams: [] })

  slow.child.kill('SIGCONT')
  const { streams, ...seen } = await slow.seen()
  const underWayMib = ((streams[0]?.entries ?? PENDING) - SENDERS * WARM_UP) * MIB_PER_MESSAGE
  const figures = [PENDING * MIB_PER_MESSAGE, underWayMib, idleMib, warmMib, growthMib].map(Math.round)
  console.info(`F18: MiB pending, under way; server idle, warm, grown by: ${figures}`)
  expect(seen).toEqual({ entries: SENDERS * WARM_UP + PENDING, misplaced: 0 })
  expect(underWayMib).toBeLessThan(MAX_UNDER_WAY_MIB)
}, 1_800_000)

/** Four senders at a time. */
async function sendAll(pairs: readonly Pair[], count: number): Promise<void> {
  for (let from = 0; from < pairs.length; from += 4) {
    await Promise.all(pairs.slice(from, from + 4).map((pair) => send(pair, count)))
  }
}

class Reader {
  readonly child: ChildProcess
  #output = ''

  constructor(token: string, entries: number) {
    const parts = [SLOW_READER, server.url, token, String(entries)]
    this.child = spawn(process.execPath, parts, { stdio: ['ignore', 'pipe', 'ignore'] })
    readers.push(this.child)
    this.child.stdout!.on('data', (chunk: Buffer) => {
      this.#output += chunk
    })
  }

  isLive(): Promise<void> {
    return until(() => this.#output.includes('live'))
  }

  async seen(): Promise<Seen> {
    await until(() => this.#output.includes('entries'))
    return JSON.parse(this.#output.trimEnd().split('\n').at(-1)!) as Seen
  }
}

async function send({ chatId, senderToken, application }: Pair, count: number): Promise<void> {
  const sessionManager = new Http2SessionManager(server.url)
  const transport = createConnectTransport({ httpVersion: '2', baseUrl: server.url, sessionManager })
  const chats = createClient(ChatsService, transport)
  const options = { headers: { authorization: `Bearer ${senderToken}` } }
  const value = { ...application, contentCiphertext: randomBytes(CONTENT_BYTES) }
  for (let sent = 0; sent < count; sent += 10) {
    const batch = Array.from({ length: 10 }, () =>
      chats.append({ chatId, messageId: randomBytes(16), entry: { case: 'application', value } }, options),
    )
    await Promise.all(batch)
  }
  sessionManager.abort()
}
