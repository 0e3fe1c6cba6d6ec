/** The table of headers (docs/decisions/https.md) on every route, by both protocols, in every way a server can be reached. */
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request as requestHttp } from 'node:http'
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2'
import { request as requestHttps } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createClient } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { AccountsService } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { RegistrationService } from '@veche/protocol/gen/accounts/v1/registration_pb.js'
import { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { DirectoryService } from '@veche/protocol/gen/directory/v1/directory_pb.js'
import { ServerReflection } from '@veche/protocol/gen/grpc/reflection/v1/reflection_pb.js'
import {
  Health,
  reflectionServices,
  securityHeaders,
  silentLogger,
  strictTransport,
} from '@veche/service-kit'
import { issueCertificate, newAuthority } from '@veche/service-kit/local-authority'
import { type TestDatabase, testDatabase } from '@veche/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningServer, startServer } from './server.ts'
import { toServerConfig } from './server-config.ts'
import { services } from './services.ts'
import { authorityFileOf } from './tls/lan.ts'
import { WebApp } from './web-app.ts'

const NAME = 'veche.example'
const rpcServices = [
  AccountsService,
  RegistrationService,
  ChatsService,
  DirectoryService,
  Health,
  ...reflectionServices,
]

let folder: string
let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'veche-headers-'))
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

function start(env: Readonly<Record<string, string>> = {}, limits = {}): Promise<RunningServer> {
  const raw = new Map(Object.entries({ VECHE_PORT: '0', VECHE_DATA: folder, ...env }))
  const config = toServerConfig(raw, services)
  return startServer(config, { services, log: silentLogger, database: database.address, limits })
}

interface Route {
  readonly path: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** What its answers have in the place of the table's. */
  readonly own: Readonly<Record<string, string | RegExp>>
}

const route = (
  path: string,
  own: Route['own'] = {},
  method = 'GET',
  headers: Route['headers'] = {},
): Route => ({
  path,
  method,
  headers,
  own,
})

async function everyRoute(): Promise<Route[]> {
  const web = (await WebApp.read())!
  const asset = { 'cache-control': 'public, max-age=31536000, immutable' }
  const files = web.paths.map((path) =>
    route(path, path.startsWith('/assets/') ? asset : { 'cache-control': 'no-cache' }),
  )
  const types = ['application/json', 'application/proto', 'application/grpc', 'application/grpc-web+proto']
  const rpcs = rpcServices.flatMap(({ typeName, methods }) =>
    methods.flatMap(({ name }) => [
      route(`/${typeName}/${name}`),
      ...types.map((type) => route(`/${typeName}/${name}`, {}, 'POST', { 'content-type': type })),
    ]),
  )
  const framed = {
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'cross-origin',
  }
  const widget = { 'cross-origin-resource-policy': 'cross-origin', 'cache-control': /^public, max-age=\d+/ }
  const nichatka = ['status', 'panel', 'history', 'compose', 'recipients', 'groups', 'none', ''].map((path) =>
    route(`/nichatka/v1/${path}`, framed),
  )
  return [
    ...files,
    ...rpcs,
    ...nichatka,
    route('/nichatka/v1/messages', framed, 'POST'),
    route('/nichatka/v1/status', framed, 'OPTIONS'),
    route('/nichatka/none', framed),
    route('/nichatka/nichatka.js', widget),
    route('/nichatka/nichatka.css', widget),
    route('/health'),
    route('/', {}, 'POST'),
    route('/', {}, 'DELETE'),
    route('/none'),
    route('/assets/none.js'),
    route('/%00'),
    route('/health', {}, 'OPTIONS'),
    route('/veche.none.v1.NoneService/None', {}, 'POST', { 'content-type': 'application/json' }),
  ]
}

type Ask = (route: Route) => Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders }>

function byHttp1(url: string, ca?: string, host?: string): Ask {
  return async ({ path, method, headers }) => {
    const request = url.startsWith('https') ? requestHttps : requestHttp
    const own = { ...(ca && { ca }), ...(host && { servername: host }) }
    const asked = request(new URL(url), {
      path,
      method,
      headers: { ...headers, ...(host && { host }) },
      ...own,
    })
    asked.end()
    const [response] = await once(asked, 'response')
    await text(response)
    return { status: response.statusCode, headers: response.headers }
  }
}

function byHttp2(url: string, ca?: string, host?: string): Ask & Disposable {
  const session = connectHttp2(url, { ...(ca && { ca }), ...(host && { servername: host }) })
  session.on('error', () => {})
  const ask: Ask = async ({ path, method, headers }) => {
    const asked = session.request({
      ':path': path,
      ':method': method,
      ...(host && { ':authority': host }),
      ...headers,
    })
    asked
      .on('error', () => {})
      .resume()
      .end()
    const [answered] = await once(asked, 'response')
    if (!asked.closed) await once(asked, 'close')
    return { status: answered[':status'], headers: answered }
  }
  return Object.assign(ask, { [Symbol.dispose]: () => session.destroy() })
}

/** @param isStrict whether HTTPS is to be promised */
function expectTable(
  { path, method, own }: Route,
  { headers }: Awaited<ReturnType<Ask>>,
  isStrict: boolean,
): void {
  const about = `${method} ${path}`
  for (const [name, value] of Object.entries({ ...securityHeaders, ...own })) {
    if (value instanceof RegExp) expect(headers[name], `${about}: ${name}`).toMatch(value)
    else expect(headers[name], `${about}: ${name}`).toBe(value)
  }
  const promise = isStrict ? strictTransport['strict-transport-security'] : undefined
  expect(headers['strict-transport-security'], `${about}: strict-transport-security`).toBe(promise)
  for (const name of [
    'set-cookie',
    'server',
    'x-powered-by',
    'refresh',
    'link',
    'service-worker-allowed',
    'clear-site-data',
  ])
    expect(headers[name], `${about}: ${name}`).toBeUndefined()
}

async function expectEveryRoute(asks: readonly Ask[], isStrict: boolean): Promise<Map<number, number>> {
  const statuses = new Map<number, number>()
  for (const ask of asks) {
    for (const each of await everyRoute()) {
      const answer = await ask(each)
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      expectTable(each, answer, isStrict)
    }
  }
  return statuses
}

test('C3 C5 C6 no service is left out of the table below', async () => {
  await using server = await start()
  const client = createClient(ServerReflection, createGrpcTransport({ baseUrl: server.url }))
  const question = (async function* () {
    yield { messageRequest: { case: 'listServices', value: '' } } as const
  })()
  for await (const { messageResponse } of client.serverReflectionInfo(question)) {
    if (messageResponse.case !== 'listServicesResponse') expect.unreachable()
    const listed = messageResponse.value.service.map(({ name }) => name)
    expect(listed.sort()).toEqual(rpcServices.map(({ typeName }) => typeName).sort())
    break
  }
})

test('C3 C5 C6 every route has the headers of the table, and in plain text no promise of HTTPS', async (context) => {
  await using server = await start()
  using http2 = byHttp2(server.url)
  const statuses = await expectEveryRoute([byHttp1(server.url), http2], false)
  await context.annotate(
    `statuses: ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')}`,
  )
  for (const status of [200, 401, 404, 415]) expect(statuses.get(status), String(status)).toBeGreaterThan(0)
})

test('C6 with a certificate of a name HTTPS is promised to that name, and to no address and no other machine’s name', async () => {
  const hosts = [NAME, 'localhost', 'raspberry.local', '127.0.0.1']
  const authority = newAuthority('Authority of a test', hosts, Date.now())
  const { cert, key } = issueCertificate(authority, hosts, Date.now())
  const files = { VECHE_TLS_CERT: join(folder, 'cert.pem'), VECHE_TLS_KEY: join(folder, 'key.pem') }
  await writeFile(files.VECHE_TLS_CERT, cert)
  await writeFile(files.VECHE_TLS_KEY, key, { mode: 0o600 })
  await using server = await start({ ...files, VECHE_LISTEN: '127.0.0.1' })
  const { port } = new URL(server.url)
  const url = `https://127.0.0.1:${port}`
  using named = byHttp2(url, authority.cert, NAME)
  await expectEveryRoute([byHttp1(url, authority.cert, NAME), named], true)
  for (const host of ['localhost', 'raspberry.local', undefined]) {
    using http2 = byHttp2(url, authority.cert, host)
    for (const ask of [byHttp1(url, authority.cert, host), http2])
      expectTable(route('/none'), await ask(route('/none')), false)
  }
  // This machine may speak plain text to it, and is promised nothing.
  const plain = route('/none', {}, 'GET', { host: NAME })
  expectTable(plain, await byHttp1(`http://127.0.0.1:${port}`)(plain), false)
})

test('C6 where the server certifies itself nothing is promised, on its page of trust either', async () => {
  await using server = await start({
    VECHE_TLS: 'lan',
    VECHE_LISTEN: '127.0.0.1',
    VECHE_MDNS: 'false',
    VECHE_URL: 'https://veche.example',
  })
  const { cert } = JSON.parse(await readFile(authorityFileOf({ dataFolder: folder }), 'utf8'))
  const { port } = new URL(server.url)
  const url = `https://127.0.0.1:${port}`
  using http2 = byHttp2(url, cert, NAME)
  const asks = [byHttp1(url, cert, NAME), http2]
  await expectEveryRoute(asks, false)
  for (const path of ['/trust', '/authority.crt'])
    for (const ask of asks) expectTable(route(path), await ask(route(path)), false)
})

const page = route('/', { 'cache-control': 'no-cache' })

test('C6 behind a proxy HTTPS is promised where the server’s address says that there is HTTPS', async () => {
  for (const [url, isStrict] of [
    ['https://veche.example', true],
    ['http://veche.example', false],
    ['https://192.0.2.1', false],
    ['https://localhost', false],
    [undefined, false],
  ] as const) {
    await using server = await start({ VECHE_BEHIND_PROXY: 'true', ...(url && { VECHE_URL: url }) })
    using http2 = byHttp2(server.url)
    const asks = [byHttp1(server.url), http2]
    if (url === 'https://veche.example') await expectEveryRoute(asks, isStrict)
    for (const ask of asks) expectTable(page, await ask(page), isStrict)
  }
})

test('C6 what is no request, or expects what nobody gives, is refused with the same headers', async () => {
  await using server = await start({}, { headersTimeoutMs: 5_000 })
  const { port } = new URL(server.url)
  for (const [sent, status] of [
    ['GET / HTTP/1.1\r\nno colon\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\n\r\n', 400],
    [`GET / HTTP/1.1\r\nHost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    ['GET / HTTP/1.1\r\nHost: a\r\n', 408],
    ['GET / HTTP/1.1\r\nHost: a\r\nExpect: nonsense\r\nConnection: close\r\n\r\n', 417],
    ['nonsense\r\n\r\n', 400],
  ] as const) {
    const { head, headers } = await raw(Number(port), sent)
    expect(head, sent.slice(0, 60)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expectTable(route(sent.slice(0, 60)), { status, headers }, false)
  }
  using http2 = byHttp2(server.url)
  const expecting = route('/', {}, 'POST', { expect: 'nonsense' })
  const answer = await http2(expecting)
  expect(answer.status).toBe(417)
  expectTable(expecting, answer, false)
})

test('F1 C6 while the server starts or stops, its answers have the headers, too', async () => {
  const answers: Awaited<ReturnType<Ask>>[] = []
  const port = await freePort()
  const ask = byHttp1(`http://127.0.0.1:${port}`)
  const starting = start({ VECHE_PORT: String(port) })
  while (answers.length === 0) {
    const answer = await ask(route('/health')).catch(() => undefined)
    if (answer) answers.push(answer)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await using _server = await starting
  for (const answer of answers) expectTable(route('/health'), answer, false)
})

async function freePort(): Promise<number> {
  await using server = await start()
  return Number(new URL(server.url).port)
}

async function raw(port: number, sent: string): Promise<{ head: string; headers: IncomingHttpHeaders }> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  socket.write(sent)
  const answer = await text(socket)
  socket.destroy()
  const [head = '', ...lines] = answer.split('\r\n\r\n', 1)[0]!.split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(': ')).toLowerCase(),
      line.slice(line.indexOf(': ') + 2),
    ]),
  )
  return { head, headers }
}
