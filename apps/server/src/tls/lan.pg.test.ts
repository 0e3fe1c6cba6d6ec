import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { fingerprintOf, Health, KeyRing, silentLogger } from '@veche/service-kit'
import { type TestDatabase, testDatabase } from '@veche/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OperatorKeys } from '../keys/operator-keys.ts'
import { type RunningServer, startServer } from '../server.ts'
import { toServerConfig } from '../server-config.ts'
import { services } from '../services.ts'
import { authorityFileOf } from './lan.ts'
import { readLanPlace } from './read-lan-place.ts'

let folder: string
let database: TestDatabase
let env: Readonly<Record<string, string>>
beforeAll(async () => {
  database = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'veche-lan-'))
  env = {
    VECHE_DATA: folder,
    VECHE_TLS: 'lan',
    VECHE_LISTEN: '127.0.0.1',
    DATABASE_URL: database.address.url,
  }
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

function start(): Promise<RunningServer> {
  const raw = new Map(Object.entries({ ...env, VECHE_PORT: '0' }))
  raw.delete('DATABASE_URL')
  const config = toServerConfig(raw, services)
  return startServer(config, { services, log: silentLogger, database: database.address })
}

const authority = async (): Promise<string> =>
  JSON.parse(await readFile(authorityFileOf({ dataFolder: folder }), 'utf8')).cert

function get(url: string, ca: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  request(url, { ca }, (response) => {
    let text = ''
    response.setEncoding('utf8').on('data', (chunk) => (text += chunk))
    response.on('end', () => resolve(text))
  })
    .on('error', reject)
    .end()
  return promise
}

test('M2 M6 with VECHE_TLS=lan it is reached by https, and shows by https too how to trust it', async () => {
  await using server = await start()
  const ca = await authority()
  const { port } = new URL(server.url)
  expect(server.publicUrl).toMatch(/^https:\/\/[a-z0-9-]+\.local:\d+$/)
  expect(server.lanPlace).toMatchObject({
    trustUrl: `http://127.0.0.1:${port}/trust`,
    fingerprint: fingerprintOf(ca),
  })
  const baseUrl = `https://127.0.0.1:${port}`
  const health = createClient(Health, createGrpcTransport({ baseUrl, nodeOptions: { ca } }))
  expect(await health.check({})).toMatchObject({ status: 1 })
  expect(await get(`${baseUrl}/trust`, ca)).toContain(`<a href="${server.publicUrl}">`)
  expect(await get(`${baseUrl}/authority.crt`, ca)).toBe(ca)
  await expect(get(baseUrl, '')).rejects.toThrow()
})

test('M2 what is shown at the start can be read again, from the folder alone', async () => {
  const server = await start()
  await server.stop()
  const { port } = new URL(server.url)
  expect(await readLanPlace({ ...env, VECHE_PORT: port })).toEqual(server.lanPlace)
  expect(await readLanPlace({ ...env, VECHE_TLS: 'files' })).toBeUndefined()
  expect(await readLanPlace({ ...env, VECHE_DATA: join(folder, 'none') })).toBeUndefined()
})

test('F27 a rotation moves the authority under the new master key before the old one may go', async () => {
  const operator = async <T>(work: (keys: OperatorKeys) => Promise<T>): Promise<T> => {
    await using keys = await OperatorKeys.open(env)
    return await work(keys!)
  }
  const before = await authority()
  await operator((keys) => keys.rotate({ data: false }))
  expect((await operator((keys) => keys.report())).toRewrap).toBeGreaterThan(0)
  {
    await using server = await start()
    const left = async () => (await operator((keys) => keys.report())).toRewrap
    await expect.poll(left, { timeout: 60_000 }).toBe(0)
    expect(await operator((keys) => keys.retire())).toMatchObject({ kind: 'retired' })
    expect(server.lanPlace?.fingerprint).toBe(fingerprintOf(before))
  }
  const ring = KeyRing.decode(await readFile(join(folder, 'keys/master.key'), 'utf8'))
  expect(ring.keys).toHaveLength(1)
  await using again = await start()
  expect(again.lanPlace?.fingerprint).toBe(fingerprintOf(before))
})
