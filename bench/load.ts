/**
 * The load generator, a process of its own. It opens pairs, idle streams and a group, and does what the parent asks over
 * IPC.
 */
import { type ClientHttp2Session, connect } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { fromBinary } from '@bufbuild/protobuf'
import { SubscribeResponseSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ageOf, append, newMessageId, subscribe } from './bare-calls.ts'
import { type Pair, Registrar } from './device.ts'
import { GroupLoad } from './group-load.ts'
import type { LoadAnswer, LoadTask } from './load-task.ts'

/** Unanswered messages of one sender: what keeps the server busy without a queue of seconds. */
const WINDOW = 4

const url = process.argv[2]!
const registrar = new Registrar(url)
const group = new GroupLoad(url, registrar)
const tokens: string[] = []
const pairs: { pair: Pair; session: ClientHttp2Session }[] = []
let latenciesMs: number[] = []

process.on('message', async (task: LoadTask) => process.send!(await perform(task)))
process.on('disconnect', () => process.exit())

async function perform(task: LoadTask): Promise<LoadAnswer> {
  latenciesMs = []
  if (task.kind === 'pairs') await openPairs(task.count)
  else if (task.kind === 'register') await register(task.count)
  else if (task.kind === 'idle') await openIdle()
  else if (task.kind === 'write') await write(task)
  else latenciesMs = await group.perform(task)
  return { latenciesMs }
}

async function openPairs(count: number): Promise<void> {
  for (let made = 0; made < count; made++) {
    const pair = await registrar.pair()
    const session = connect(url)
    await subscribe(session, pair.receiverToken, noteLatencies)
    pairs.push({ pair, session })
  }
}

async function register(count: number): Promise<void> {
  for (let made = 0; made < count; made++) tokens.push((await registrar.register()).token)
}

/** Each device has a connection of its own, as in life. */
async function openIdle(): Promise<void> {
  for (const token of tokens.splice(0)) await subscribe(connect(url), token, () => {})
}

/** Writes for a while, as fast as it is answered or at a rate; resolves when everything was received. */
async function write({ durationMs, ratePerSecond }: LoadTask & { kind: 'write' }): Promise<void> {
  const end = performance.now() + durationMs
  const writing = ratePerSecond === undefined ? writeAll(end) : writeAt(ratePerSecond, end)
  const sent = await writing
  while (latenciesMs.length < sent) await sleep(5)
}

async function writeAll(end: number): Promise<number> {
  let sent = 0
  const sender = async ({ pair, session }: (typeof pairs)[number]) => {
    for (; performance.now() < end; sent++) await writeOne(session, pair)
  }
  await Promise.all(pairs.flatMap((one) => Array.from({ length: WINDOW }, () => sender(one))))
  return sent
}

async function writeAt(ratePerSecond: number, end: number): Promise<number> {
  const start = performance.now()
  const appending: Promise<void>[] = []
  for (let now = start; now < end; now = performance.now()) {
    const due = ((now - start) / 1000) * ratePerSecond
    while (appending.length < due) {
      const { session, pair } = pairs[appending.length % pairs.length]!
      appending.push(writeOne(session, pair))
    }
    await sleep(1)
  }
  await Promise.all(appending)
  return appending.length
}

function writeOne(session: ClientHttp2Session, { chatId, senderToken, application }: Pair): Promise<void> {
  const entry = { case: 'application', value: application } as const
  return append(session, senderToken, { chatId, messageId: newMessageId(), entry })
}

function noteLatencies(message: Uint8Array): void {
  const { event } = fromBinary(SubscribeResponseSchema, message)
  if (event.case !== 'entries') return
  const now = performance.now()
  for (const { messageId, contentCiphertext } of event.value.entries) {
    if (contentCiphertext.length > 0) latenciesMs.push(ageOf(messageId, now))
  }
}
