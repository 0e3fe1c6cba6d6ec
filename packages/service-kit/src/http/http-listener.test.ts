import { once } from 'node:events'
import { connect as connectHttp2, constants } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { create, toBinary } from '@bufbuild/protobuf'
import { Code, ConnectError, createClient } from '@connectrpc/connect'
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node'
import { AppendRequestSchema, ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { HealthCheckResponse_ServingStatus as Status } from '@veche/protocol/gen/grpc/health/v1/health_pb.js'
import { afterEach, describe, expect, test } from 'vitest'
import { reasonOf } from '../rpc/rpc-error.ts'
import { Health } from './health-service.ts'
import { securityHeaders } from './security-headers.ts'
import { openTestListener, type TestListener } from './test-listener.ts'

let listener: TestListener
afterEach(() => listener[Symbol.asyncDispose]())

describe('one port', () => {
  const versions = ['1.1', '2'] as const
  const transports = versions.flatMap((httpVersion) => [
    { name: `Connect, HTTP/${httpVersion}`, create: createConnectTransport, httpVersion },
    { name: `gRPC-Web, HTTP/${httpVersion}`, create: createGrpcWebTransport, httpVersion },
    { name: `gRPC, HTTP/${httpVersion}`, create: createGrpcTransport, httpVersion },
  ])
  test.each(transports)(
    'M25 answers unary calls, streams and errors by $name',
    async ({ create, httpVersion }) => {
      listener = await openTestListener()
      const transport = create({ baseUrl: listener.url, httpVersion, interceptors: [listener.signIn] })
      const chats = createClient(ChatsService, transport)
      expect((await chats.listEntries({ after: 5n })).head).toBe(5n)
      const heard: unknown[] = []
      for await (const { event } of chats.subscribe({ inboxPosition: 3n })) {
        heard.push(event.case)
        if (heard.length === 3) break
      }
      expect(heard).toEqual(['heartbeat', 'heartbeat', 'heartbeat'])
      const refused = await chats.requestChat({ handle: 'x' }).catch(ConnectError.from)
      expect([(refused as ConnectError).code, reasonOf(refused)]).toEqual([
        Code.InvalidArgument,
        'handle_invalid',
      ])
      const unplanned = (await chats.listChats({}).catch(ConnectError.from)) as ConnectError
      expect([unplanned.code, unplanned.rawMessage, reasonOf(unplanned)]).toEqual([
        Code.Internal,
        'internal',
        undefined,
      ])
    },
  )

  test('an RPC that is not public is refused without a token, and with a wrong one', async () => {
    listener = await openTestListener()
    const chats = createClient(
      ChatsService,
      createConnectTransport({ baseUrl: listener.url, httpVersion: '2' }),
    )
    expect(reasonOf(await chats.listEntries({}).catch(ConnectError.from))).toBe('token_missing')
    const headers = { authorization: 'Bearer bm90IGEgdG9rZW4' }
    expect(reasonOf(await chats.listEntries({}, { headers }).catch(ConnectError.from))).toBe('token_invalid')
  })

  test('serves pages, health and 404 with strict headers on every route (C3)', async () => {
    listener = await openTestListener()
    const paths = [
      '/',
      '/health',
      '/nothing',
      '/veche.chats.v1.ChatsService/ListEntries',
      '/%00',
      '/../x?y=1',
    ]
    const statuses = []
    for (const path of paths) {
      const answer = await fetch(listener.url + path)
      statuses.push(answer.status)
      for (const [name, value] of Object.entries(securityHeaders))
        expect(answer.headers.get(name)).toBe(value)
      await answer.body?.cancel()
    }
    expect(statuses).toEqual([200, 200, 404, 415, 404, 404])
    const page = await (await fetch(listener.url)).text()
    expect(page).toMatch(/Это сервер Вече/)
    expect(page).toMatch(/This is a server of Veche/)
    expect(page).not.toMatch(/<script|<style|style=|\son[a-z]+=/)
    listener.readiness.set(false)
    expect((await fetch(`${listener.url}/health`)).status).toBe(503)
  })

  test('a watch of its health ends with its deadline, and says so', async () => {
    listener = await openTestListener()
    const health = createClient(Health, createGrpcTransport({ baseUrl: listener.url }))
    // The client's own deadline lies far behind the one that it tells the server.
    const watch = health.watch({}, { headers: { 'grpc-timeout': '50m' } })
    const all = (async () => {
      for await (const { status } of watch) expect(status).toBe(Status.SERVING)
    })()
    expect(await all.catch((error) => ConnectError.from(error).code)).toBe(Code.DeadlineExceeded)
  })

  test('F1 a call to a server that is not ready yet is told to come again, not that there is no such call', async () => {
    listener = await openTestListener()
    const { readiness } = listener
    readiness.set(false)
    const url = `${listener.url}/veche.chats.v1.ChatsService/Unheard`
    expect((await fetch(url, { method: 'POST' })).status).toBe(503)
    readiness.set(true)
    expect((await fetch(url, { method: 'POST' })).status).toBe(404)
  })

  test('tells its health by grpc.health.v1, now and at each change', async () => {
    listener = await openTestListener()
    const health = createClient(Health, createGrpcTransport({ baseUrl: listener.url }))
    expect((await health.check({})).status).toBe(Status.SERVING)
    expect((await health.check({ service: ChatsService.typeName })).status).toBe(Status.SERVING)
    expect(ConnectError.from(await health.check({ service: 'x' }).catch((error) => error)).code).toBe(
      Code.NotFound,
    )
    const statuses: Status[] = []
    for await (const { status } of health.watch({})) {
      statuses.push(status)
      if (statuses.length === 2) break
      listener.readiness.set(false)
    }
    expect(statuses).toEqual([Status.SERVING, Status.NOT_SERVING])
  })
})

describe('limits', () => {
  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('C9: a compressed bomb is refused (%s), for large RPCs too', async (encoding, compress) => {
    listener = await openTestListener()
    const bomb = compress(Buffer.alloc(64 * 1024 * 1024))
    for (const rpc of ['ListEntries', 'Append']) {
      const answer = await fetch(`${listener.url}/veche.chats.v1.ChatsService/${rpc}`, {
        method: 'POST',
        headers: { ...listener.bearer(), 'content-type': 'application/proto', 'content-encoding': encoding },
        body: bomb,
      })
      expect([answer.status, (await answer.json()) as object]).toMatchObject([
        429,
        { code: 'resource_exhausted' },
      ])
    }
  })

  test('256 KiB is the limit, and 2 MiB that of the RPCs named large', async () => {
    listener = await openTestListener()
    const transport = createConnectTransport({
      baseUrl: listener.url,
      httpVersion: '2',
      interceptors: [listener.signIn],
    })
    const chats = createClient(ChatsService, transport)
    const large = new Uint8Array(300 * 1024)
    expect((await chats.append({ messageId: large })).position).toBe(BigInt(large.length))
    expect(await codeOf(chats.listEntries({ chatId: large }))).toBe(Code.ResourceExhausted)
    expect(await codeOf(chats.append({ messageId: new Uint8Array(3 << 20) }))).toBe(Code.ResourceExhausted)
  })

  test('C10: protobuf nested 100,000 deep is malformed, nothing worse', async () => {
    listener = await openTestListener()
    // Unknown group fields, each the start of a deeper one.
    const answer = await fetch(`${listener.url}/veche.chats.v1.ChatsService/ListEntries`, {
      method: 'POST',
      headers: { ...listener.bearer(), 'content-type': 'application/proto' },
      body: Buffer.alloc(100_000, 0x7b),
    })
    // Connect itself calls an unparsable body `internal`; what counts is that the call ends and the server lives.
    expect([answer.status, (await answer.json()) as object]).toMatchObject([500, { code: 'internal' }])
    expect((await fetch(`${listener.url}/health`)).status).toBe(200)
  })

  test('C7: a session that keeps resetting streams is told to go away; others are served', async () => {
    listener = await openTestListener({ resetBurst: 20, resetsPerSecond: 1 })
    const attacker = connectHttp2(listener.url)
    attacker.on('error', () => {})
    const goneAway = once(attacker, 'goaway')
    for (let index = 0; index < 200; index++) {
      const stream = attacker.request({
        ':method': 'POST',
        ':path': '/veche.chats.v1.ChatsService/Subscribe',
      })
      stream.on('error', () => {})
      stream.close(constants.NGHTTP2_CANCEL)
    }
    const [code] = await goneAway
    expect([constants.NGHTTP2_ENHANCE_YOUR_CALM, constants.NGHTTP2_INTERNAL_ERROR]).toContain(code)
    expect((await fetch(`${listener.url}/health`)).status).toBe(200)
  })

  test('C7: a session that opens too many streams is told to go away', async () => {
    listener = await openTestListener({ streamBurst: 10, streamsPerSecond: 1 })
    const attacker = connectHttp2(listener.url)
    attacker.on('error', () => {})
    const goneAway = once(attacker, 'goaway')
    for (let index = 0; index < 50; index++) {
      const stream = attacker.request({ ':path': '/health' })
      stream.on('error', () => {})
      stream.resume()
    }
    expect((await goneAway)[0]).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM)
  })

  test.each(['1.1', '2'] as const)(
    'C8: a call whose body stops coming is cut off (HTTP/%s)',
    async (version) => {
      listener = await openTestListener({ bodyTimeoutMs: 200 })
      const path = '/veche.chats.v1.ChatsService/ListEntries'
      if (version === '2') {
        const session = connectHttp2(listener.url)
        const headers = {
          ':method': 'POST',
          ':path': path,
          'content-type': 'application/proto',
          ...listener.bearer(),
        }
        const stream = session.request(headers)
        stream.on('error', () => {})
        stream.write('x')
        await once(stream, 'close')
        session.destroy()
      } else {
        const socket = await open()
        const { authorization } = listener.bearer()
        socket.write(
          `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n` +
            'Content-Type: application/proto\r\nContent-Length: 100\r\n\r\nx',
        )
        await once(socket, 'close')
      }
    },
  )

  test.each([
    ['nothing', ''],
    ['half a preface', 'PRI * HT'],
    ['half a request', 'GET / HTTP/1.1\r\nHost:'],
  ])('C8: a connection that sends %s is closed', async (_, text) => {
    listener = await openTestListener({ headersTimeoutMs: 200 })
    const socket = await open()
    socket.write(text)
    await once(socket.resume(), 'close')
  })

  test('C8: a peer that answers no ping is cut off', async () => {
    listener = await openTestListener({ pingIntervalMs: 100 })
    const socket = await open()
    // Preface and an empty SETTINGS frame, and silence from then on.
    socket.write(
      Buffer.concat([
        Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
        Buffer.from('000000040000000000', 'hex'),
      ]),
    )
    await once(socket.resume(), 'close')
  })

  test('connections of one address, and in all, are limited', async () => {
    listener = await openTestListener({ maxConnectionsPerAddress: 2 })
    const first = await open()
    const second = await open()
    const third = await open()
    await once(third.resume(), 'close')
    first.destroy()
    second.destroy()
  })

  test('calls over the rate answer RESOURCE_EXHAUSTED with a time to come back', async () => {
    listener = await openTestListener({}, { accountRule: { name: 'account', burst: 3, perSecond: 0.5 } })
    const transport = createConnectTransport({
      baseUrl: listener.url,
      httpVersion: '2',
      interceptors: [listener.signIn],
    })
    const chats = createClient(ChatsService, transport)
    for (let index = 0; index < 3; index++) await chats.listEntries({})
    const refused = ConnectError.from(await chats.listEntries({}).catch((error) => error))
    expect([refused.code, reasonOf(refused)]).toEqual([Code.ResourceExhausted, 'too_many_calls'])
    expect(Number(refused.metadata.get('retry-after'))).toBeGreaterThan(0)
  })

  test('one device has at most four streams', async () => {
    listener = await openTestListener()
    const transport = createConnectTransport({
      baseUrl: listener.url,
      httpVersion: '2',
      interceptors: [listener.signIn],
    })
    const chats = createClient(ChatsService, transport)
    const stopped = new AbortController()
    const streams = Array.from({ length: 4 }, () => chats.subscribe({}, { signal: stopped.signal }))
    const iterators = streams.map((stream) => stream[Symbol.asyncIterator]())
    await Promise.all(iterators.map((iterator) => iterator.next()))
    const fifth = chats.subscribe({})[Symbol.asyncIterator]()
    expect(reasonOf(await fifth.next().catch(ConnectError.from))).toBe('too_many_streams')
    stopped.abort()
    await expect.poll(async () => first(chats.subscribe({}))).toBe('heartbeat')
  })
})

test('drain: calls that run end well, streams end with UNAVAILABLE, new connections are refused', async () => {
  listener = await openTestListener()
  const transport = createConnectTransport({
    baseUrl: listener.url,
    httpVersion: '2',
    interceptors: [listener.signIn],
  })
  const chats = createClient(ChatsService, transport)
  const stream = chats.subscribe({ inboxPosition: 1n })[Symbol.asyncIterator]()
  await stream.next()
  const slow = chats.acknowledge({ inboxPosition: 300n })
  await listener.calls.next()
  const drained = listener.drain()
  expect(await slow).toBeDefined()
  const ended = await stream
    .next()
    .then(() => stream.next())
    .catch(ConnectError.from)
  expect([(ended as ConnectError).code, reasonOf(ended)]).toEqual([Code.Unavailable, 'server_stopping'])
  await drained
  await expect(fetch(`${listener.url}/health`)).rejects.toThrow()
})

test('a body that is not of the promised kind is refused', async () => {
  listener = await openTestListener()
  const path = `${listener.url}/veche.chats.v1.ChatsService/Append`
  const body = toBinary(AppendRequestSchema, create(AppendRequestSchema))
  const headers = { ...listener.bearer(), 'content-type': 'text/html' }
  expect((await fetch(path, { method: 'POST', headers, body })).status).toBe(415)
  expect((await fetch(path, { method: 'PUT', body })).status).toBe(405)
})

async function open(): Promise<Socket> {
  const socket = connect(Number(new URL(listener.url).port), '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

async function codeOf(call: Promise<unknown>): Promise<Code | undefined> {
  return call.then(
    () => undefined,
    (error) => ConnectError.from(error).code,
  )
}

async function first(
  stream: AsyncIterable<{ event: { case: string | undefined } }>,
): Promise<string | undefined> {
  try {
    for await (const { event } of stream) return event.case
  } catch (error) {
    return reasonOf(error)
  }
  return undefined
}
