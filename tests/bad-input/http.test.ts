/**
 * The HTTP edge: changed bodies and frames of each protocol and encoding against a real listener. Every call ends with a
 * status that the protocol has, and the listener serves on.
 */
import { gzipSync } from 'node:zlib'
import { create, toBinary } from '@bufbuild/protobuf'
import { utf8 } from '@veche/protocol'
import { ListEntriesRequestSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type MutationTarget, MutationTrials } from '@veche/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openTestListener, type TestListener } from '../../packages/service-kit/src/http/test-listener.ts'

/** Of the Connect protocol, and what HTTP itself answers to what is no call. gRPC puts its own into trailers. */
const STATUSES = new Set([
  200, 400, 401, 403, 404, 405, 408, 409, 411, 412, 413, 415, 429, 499, 500, 501, 503, 504,
])
const KINDS = [
  { name: 'Connect, protobuf', type: 'application/proto' },
  { name: 'Connect, JSON', type: 'application/json' },
  { name: 'Connect, compressed', type: 'application/proto', encoding: 'gzip' },
  { name: 'Connect, stream', type: 'application/connect+proto', rpc: 'Subscribe' },
  { name: 'gRPC-Web', type: 'application/grpc-web+proto' },
  { name: 'gRPC', type: 'application/grpc+proto' },
] as const
type Kind = (typeof KINDS)[number]
const NAMES = KINDS.map(({ name }) => name)

let listener: TestListener
beforeAll(async () => {
  listener = await openTestListener()
})
afterEach(async () => {
  const answer = await fetch(`${listener.url}/health`)
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('ok')])
})
afterAll(() => listener[Symbol.asyncDispose]())

const trials = new MutationTrials(async () => KINDS.map(targetOf))

test.each(NAMES)(trials.title, (name) => trials.run(name), trials.timeoutMs)

test('no protocol is left out', async () => {
  expect(await trials.names()).toEqual(NAMES)
})

function targetOf(kind: Kind): MutationTarget {
  return { name: kind.name, samples: [sampleOf(kind)], errors: [], decode: (bytes) => call(kind, bytes) }
}

function sampleOf({ type, ...kind }: Kind): Uint8Array {
  const message = toBinary(
    ListEntriesRequestSchema,
    create(ListEntriesRequestSchema, { after: 5n, limit: 7 }),
  )
  if (type === 'application/json') return utf8('{"chatId":"AAAA","after":"5","limit":7}')
  if (type === 'application/proto') return 'encoding' in kind ? gzipSync(message) : message
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

/** @throws Error for an answer that no client could understand */
async function call({ type, ...kind }: Kind, body: Uint8Array): Promise<number> {
  const headers = {
    ...listener.bearer(),
    'content-type': type,
    ...('encoding' in kind && { 'content-encoding': kind.encoding }),
  }
  const rpc = 'rpc' in kind ? kind.rpc : 'ListEntries'
  const stop = new AbortController()
  const path = `${listener.url}/veche.chats.v1.ChatsService/${rpc}`
  const answer = await fetch(path, { method: 'POST', headers, body: Buffer.from(body), signal: stop.signal })
  if (!STATUSES.has(answer.status)) throw new Error(`status ${answer.status}`)
  if ('rpc' in kind)
    stop.abort() // it would go on
  else await answer.arrayBuffer()
  return answer.status
}
