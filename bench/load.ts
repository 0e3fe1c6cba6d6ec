/**
 * The load generator, a process of its own: bare HTTP/2 and ready-made bytes, so that it costs less than what it
 * measures. It opens pairs and idle streams and does what the parent asks over IPC.
 *
 * A message's id is the time at which it was written, and chance: who receives it knows how long it took.
 */
import { randomBytes } from 'node:crypto'
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import {
  AppendRequestSchema,
  SubscribeRequestSchema,
  SubscribeResponseSchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type Pair, Registrar } from './device.ts'
import type { LoadAnswer, LoadTask } from './load-task.ts'

const PATH = '/veche.chats.v1.ChatsService/'
/** Unanswered messages of one sender: what keeps the server busy without a queue of seconds. */
const WINDOW = 4

const url = process.argv[2]!
const registrar = new Registrar(url)
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
  else await write(task)
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
    for (; performance.now() < end; sent++) await append(session, pair)
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
      appending.push(append(session, pair))
    }
    await sleep(1)
  }
  await Promise.all(appending)
  return appending.length
}

function append(session: ClientHttp2Session, pair: Pair): Promise<void> {
  const messageId = randomBytes(16)
  messageId.writeDoubleBE(performance.now())
  const entry = { case: 'application', value: pair.application } as const
  const body = toBinary(
    AppendRequestSchema,
    create(AppendRequestSchema, { chatId: pair.chatId, messageId, entry }),
  )
  return new Promise((resolve, reject) => {
    const stream = call(session, 'Append', pair.senderToken, 'application/proto')
    stream.on('response', ({ ':status': status }) => {
      if (status !== 200) reject(new Error(`Append answered ${status}`))
    })
    stream.on('error', reject).on('close', resolve).resume().end(body)
  })
}

/** Resolves when the stream has caught up. */
function subscribe(
  session: ClientHttp2Session,
  token: string,
  onMessage: (message: Uint8Array) => void,
): Promise<void> {
  const request = toBinary(SubscribeRequestSchema, create(SubscribeRequestSchema, {}))
  const frame = Buffer.alloc(5 + request.length)
  frame.writeUInt32BE(request.length, 1)
  frame.set(request, 5)
  return new Promise((resolve, reject) => {
    const stream = call(session, 'Subscribe', token, 'application/connect+proto')
    let rest: Buffer = Buffer.alloc(0)
    stream.on('data', (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
        const size = rest.readUInt32BE(1)
        onMessage(rest.subarray(5, 5 + size))
        rest = rest.subarray(5 + size)
        resolve()
      }
    })
    stream.on('error', reject).end(frame)
  })
}

function call(session: ClientHttp2Session, rpc: string, token: string, type: string): ClientHttp2Stream {
  return session.request({
    ':method': 'POST',
    ':path': PATH + rpc,
    'content-type': type,
    'connect-protocol-version': '1',
    authorization: `Bearer ${token}`,
  })
}

function noteLatencies(message: Uint8Array): void {
  const { event } = fromBinary(SubscribeResponseSchema, message)
  if (event.case !== 'entries') return
  const now = performance.now()
  for (const { messageId, contentCiphertext } of event.value.entries) {
    if (contentCiphertext.length > 0) latenciesMs.push(now - Buffer.from(messageId).readDoubleBE())
  }
}
