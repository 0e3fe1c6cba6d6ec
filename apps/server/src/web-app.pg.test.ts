import { mkdtemp, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { securityHeaders, silentLogger } from '@veche/service-kit'
import { type TestDatabase, testDatabase } from '@veche/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningServer, startServer } from './server.ts'
import { toServerConfig } from './server-config.ts'
import { services } from './services.ts'

let folder: string
let database: TestDatabase
let server: RunningServer
beforeAll(async () => {
  database = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'veche-web-'))
  const raw = new Map([
    ['VECHE_PORT', '0'],
    ['VECHE_DATA', folder],
  ])
  const config = toServerConfig(raw, services)
  server = await startServer(config, { services, log: silentLogger, database: database.address })
})
afterAll(async () => {
  await server?.stop()
  await database?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

test('M2 the page is asked for anew each time, and given once', async () => {
  const page = await ask('/')
  expect(page).toMatchObject({ status: 200, headers: { 'cache-control': 'no-cache' } })
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(String(page.body)).toContain('<noscript>')
  const again = await ask('/', { 'if-none-match': page.headers.etag! })
  expect([again.status, again.body.length]).toEqual([304, 0])
  expect((await ask('/?lang=ru')).status).toBe(200)
})

test('M2 what the page names is there for good, and compressed as the browser takes it', async () => {
  const page = String((await ask('/')).body)
  const named = [...page.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path!)
  expect(named.length).toBeGreaterThan(3)
  for (const path of new Set(named)) {
    const plain = await ask(path)
    expect(plain).toMatchObject({ status: 200, headers: { vary: 'accept-encoding' } })
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(plain.headers['content-type']).toMatch(
      /^(text\/(javascript|css); charset=utf-8|image\/(svg\+xml|png)|application\/manifest\+json)$/,
    )
    if (path.endsWith('.png')) continue // is compressed by itself
    const brotli = await ask(path, { 'accept-encoding': 'gzip, deflate, br' })
    expect(brotli.headers['content-encoding']).toBe('br')
    expect(brotliDecompressSync(brotli.body).equals(plain.body)).toBe(true)
    const gzip = await ask(path, { 'accept-encoding': 'gzip;q=1.0, br;q=0' })
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true)
    const head = await ask(path, {}, 'HEAD')
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([
      200,
      0,
      String(plain.body.length),
    ])
  }
})

test('M2 nothing else is there', async () => {
  for (const path of [
    '/assets/',
    '/assets/none.js',
    '/assets/../package.json',
    '/dist/index.html',
    '/release.json.br',
  ])
    expect((await ask(path)).status, path).toBe(404)
  expect((await ask('/', {}, 'POST')).status).toBe(404)
})

test('C6 every route has the headers of the table', async () => {
  const asset = /"(\/assets\/[^"]+\.js)"/.exec(String((await ask('/')).body))![1]!
  for (const path of [
    '/',
    '/index.html',
    asset,
    '/none',
    '/health',
    '/veche.chats.v1.ChatsService/ListChats',
  ]) {
    const { headers } = await ask(path)
    for (const [name, value] of Object.entries(securityHeaders)) {
      if (name !== 'cache-control') expect(headers[name], `${name} of ${path}`).toBe(value)
    }
    expect(headers['cache-control'], path).toBeDefined()
  }
})

interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

/** As it comes: fetch would decompress it. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get(`${server.url}${path}`, { headers, method }, async (response) => {
      const body = await buffer(response)
      resolve({ status: response.statusCode, headers: response.headers as Answer['headers'], body })
    }).on('error', reject)
  })
}
