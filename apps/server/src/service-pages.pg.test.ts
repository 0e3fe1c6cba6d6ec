import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:http2'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createClient } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-node'
import { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import {
  callerAddressOf,
  defineService,
  type HttpResponse,
  type Service,
  type ServiceContext,
  silentLogger,
} from '@veche/service-kit'
import { type TestDatabase, testDatabase } from '@veche/service-kit/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type RunningServer, startServer } from './server.ts'
import { toServerConfig } from './server-config.ts'

let folder: string
let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'veche-pages-'))
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const seen: { path: string; address: string }[] = []
const addressesOfCalls: string[] = []
beforeEach(() => {
  seen.length = 0
  addressesOfCalls.length = 0
})

test('N2 a service serves the paths of its own, over HTTP/1.1 and HTTP/2, and nothing else', async () => {
  await using server = await start()
  const page = await fetch(`${server.url}/paper/1?q=x`, { method: 'POST', body: 'ink' })
  expect([page.status, await page.text()]).toEqual([201, 'paper: ink'])
  expect((await fetch(`${server.url}/stone`)).status).toBe(404)
  expect(await (await fetch(`${server.url}/health`)).text()).toBe('ok\n')
  expect(await overHttp2(server.url, '/paper/2')).toEqual([201, 'paper: '])
  expect(seen.map(({ path }) => path)).toEqual(['/paper/1?q=x', '/stone', '/health', '/paper/2'])
})

test('C6 a service puts headers of its own in the place of the listener’s, on its own pages alone', async () => {
  await using server = await start()
  const page = await fetch(`${server.url}/paper/1`)
  expect(page.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'")
  expect(page.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  const other = await fetch(`${server.url}/stone`)
  expect(other.headers.get('cross-origin-resource-policy')).toBe('same-origin')
})

test('B12 pages and RPCs know a caller by the same hidden address, also behind a proxy', async () => {
  await using server = await start([['VECHE_BEHIND_PROXY', 'true']])
  const chats = createClient(
    ChatsService,
    createConnectTransport({ baseUrl: server.url, httpVersion: '1.1' }),
  )
  for (const [index, address] of ['192.0.2.1', '192.0.2.2', '192.0.2.1'].entries()) {
    // What stands before the last hop was written by the caller.
    const headers = { 'x-forwarded-for': `203.0.113.${index}, ${address}` }
    await fetch(`${server.url}/paper/1`, { headers })
    await chats.listChats({}, { headers }).catch(() => {})
  }
  const ofPages = seen.map(({ address }) => address)
  expect(ofPages).toEqual(addressesOfCalls)
  expect(new Set(ofPages).size).toBe(2)
  expect(ofPages[0]).toBe(ofPages[2])
  expect(ofPages.join()).not.toContain('192.0.2')
})

test('F1 a page is not asked for before the server is ready, and after: the caller is to come again', async () => {
  let whileStarting: number | undefined
  let whileDraining: number | undefined
  const ask = async (port: number) => (await fetch(`http://127.0.0.1:${port}/paper/1`)).status
  const port = await freePort()
  const server = await start([['VECHE_PORT', String(port)]], {
    async start() {
      whileStarting = await ask(port)
    },
    async drain() {
      whileDraining = await ask(port).catch(() => 503) // or it no longer listens
    },
  })
  expect(await ask(port)).toBe(201)
  await server.stop()
  expect([whileStarting, whileDraining]).toEqual([503, 503])
  expect(seen).toHaveLength(1)
})

test('a service is told the data folder', async () => {
  let context: ServiceContext | undefined
  await using server = await start([], {}, (given) => {
    context = given
  })
  expect(server.url).toMatch(/^http/)
  expect(context?.dataFolder).toBe(folder)
  expect(isAbsolute(folder)).toBe(true)
})

function start(
  further: readonly (readonly [string, string])[] = [],
  parts: Partial<Service> = {},
  onCreate: (context: ServiceContext) => void = () => {},
): Promise<RunningServer> {
  const definition = paper(parts, onCreate)
  const raw = new Map([['VECHE_PORT', '0'], ['VECHE_DATA', folder], ...further])
  const config = toServerConfig(raw, [definition])
  return startServer(config, { services: [definition], log: silentLogger, database: database.address })
}

/** A service that has pages under /paper/ and one RPC, and writes down from where it is asked. */
function paper(parts: Partial<Service>, onCreate: (context: ServiceContext) => void) {
  return defineService({
    name: 'paper',
    needs: [],
    settings: {},
    migrations: [],
    publicRpcs: [ChatsService.method.listChats],
    create(context): Service {
      onCreate(context)
      return {
        routes(router) {
          router.service(ChatsService, {
            listChats(_, call) {
              addressesOfCalls.push(callerAddressOf(call))
              return {}
            },
          })
        },
        handle(request, response, address) {
          const path = request.url ?? ''
          seen.push({ path, address })
          if (!path.startsWith('/paper/')) return false
          void text(request).then((body) => answer(response, body))
          return true
        },
        stop: async () => {},
        ...parts,
      }
    },
  })
}

function answer(response: HttpResponse, body: string): void {
  response.statusCode = 201
  response.setHeader('content-security-policy', "sandbox; default-src 'none'")
  response.setHeader('cross-origin-resource-policy', 'cross-origin')
  const stream: Writable = response
  stream.end(`paper: ${body}`)
}

async function overHttp2(url: string, path: string): Promise<[number | undefined, string]> {
  const session = connect(url)
  try {
    const stream = session.request({ ':path': path })
    const headers = new Promise<number | undefined>((resolve) =>
      stream.once('response', ({ ':status': status }) => resolve(status)),
    )
    return [await headers, await text(stream)]
  } finally {
    session.close()
  }
}

async function freePort(): Promise<number> {
  await using server = await start()
  return Number(new URL(server.url).port)
}
