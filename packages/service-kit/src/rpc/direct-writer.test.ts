/** Over real HTTP, by each protocol: what a handler writes itself stands in order among what it gives. */
import { setTimeout as sleep } from 'node:timers/promises'
import { create, toBinary } from '@bufbuild/protobuf'
import { createClient, type HandlerContext, type Transport } from '@connectrpc/connect'
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node'
import { ChatsService, SubscribeResponseSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { expect, test } from 'vitest'
import { HttpListener } from '../http/http-listener.ts'
import { createRpcHandler } from '../http/rpc-handler.ts'
import { type DirectWriter, directWriterOf, encodeFrame } from './direct-writer.ts'

const MESSAGES = 200n
const head = (position: bigint) => ({ event: { case: 'behind', value: { head: position } } }) as const

/** Counts to 200: what can be written is, the rest is given. */
async function* count(call: HandlerContext, writers: (DirectWriter | undefined)[]) {
  const writer = directWriterOf(call)
  writers.push(writer)
  for (let position = 1n; position <= MESSAGES; position++) {
    const isWritten = writer?.isReady && position % 7n !== 0n
    if (isWritten)
      writer.write(
        encodeFrame(toBinary(SubscribeResponseSchema, create(SubscribeResponseSchema, head(position)))),
      )
    else yield head(position)
    if (position % 50n === 0n) await sleep(1)
  }
}

async function read(transport: Transport): Promise<bigint[]> {
  const read: bigint[] = []
  for await (const { event } of createClient(ChatsService, transport).subscribe({})) {
    if (event.case === 'behind') read.push(event.value.head)
  }
  return read
}

test('M25 a stream reads the same by each protocol, HTTP/1.1 and JSON included, however its messages were sent', async () => {
  const writers: (DirectWriter | undefined)[] = []
  const rpc = createRpcHandler({
    routes: (router) => router.service(ChatsService, { subscribe: (_, call) => count(call, writers) }),
    isLarge: () => false,
    gate: async () => {},
    interceptors: [],
    addressOf: () => 'test',
  })
  await using listener = await HttpListener.open({
    host: '127.0.0.1',
    port: 0,
    handler: (request, response) => void rpc(request, response),
  })
  const baseUrl = `http://127.0.0.1:${listener.port}`
  const all = Array.from({ length: Number(MESSAGES) }, (_, index) => BigInt(index + 1))
  for (const transport of [
    createGrpcTransport({ baseUrl }),
    createGrpcWebTransport({ baseUrl, httpVersion: '2' }),
    createGrpcWebTransport({ baseUrl, httpVersion: '1.1' }),
    createConnectTransport({ baseUrl, httpVersion: '2' }),
    createConnectTransport({ baseUrl, httpVersion: '1.1' }),
  ]) {
    expect(await read(transport)).toEqual(all)
    expect(writers.pop()).toBeDefined()
  }
  for (const json of [
    createConnectTransport({ baseUrl, httpVersion: '2', useBinaryFormat: false }),
    createGrpcTransport({ baseUrl, useBinaryFormat: false }),
  ]) {
    expect(await read(json)).toEqual(all)
    expect(writers.pop()).toBeUndefined()
  }
})
