/** Nichatka as an operator runs it: alone in the host's own database, and beside the messenger. */
import { createHmac, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, silentLogger } from '@veche/service-kit'
import { objectsOutside, testDatabase } from '@veche/service-kit/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startServer } from '../server.ts'
import { toServerConfig } from '../server-config.ts'
import { services } from '../services.ts'
import { openHosts } from './open-hosts.ts'

const origin = 'https://tasks.example'
let resources: AsyncDisposableStack
let folder: string
beforeEach(async () => {
  resources = new AsyncDisposableStack()
  folder = await mkdtemp(join(tmpdir(), 'veche-nichatka-'))
  resources.defer(() => rm(folder, { recursive: true, force: true }))
})
afterEach(() => resources.disposeAsync())

test('N2 alone, in the database of its host, as a role that owns one schema and may do nothing else', async () => {
  const { owner, url } = await hostDatabase()
  const before = await objectsOutside(owner, 'nichatka')
  const secret = await addHost()
  const server = await start({ VECHE_SERVICES: 'nichatka', DATABASE_URL: url })
  expect(server.administratorCode).toBeUndefined()

  const vera = new User(server.url, 'Вера', secret)
  const boris = new User(server.url, 'Борис', secret)
  const sent = await vera.ask('POST', '/messages', {
    id: 'first-message',
    to: 'user:Борис',
    priority: 'critical',
    text: `Рассада готова. ${'Очень длинный текст. '.repeat(400)}`,
  })
  expect(sent.status).toBe(201)
  expect(await (await boris.ask('GET', '/status', {})).text()).toMatch(
    /data-unread="1" data-priority="critical"/,
  )
  expect(await (await boris.ask('GET', '/panel', { q: 'рассаду' })).text()).toContain('Рассада готова.')
  expect((await fetch(`${server.url}/veche.accounts.v1.AccountsService/GetServer`)).status).toBe(404)
  await server.stop()

  expect(await objectsOutside(owner, 'nichatka')).toEqual(before)
  expect((await readdir(folder)).sort()).toEqual(['keys', 'nichatka'])
})

test('N14 another key is taken up by the running server, and the old one is worth nothing', async () => {
  const { url } = await hostDatabase()
  const old = await addHost()
  const server = await start({ VECHE_SERVICES: 'nichatka', DATABASE_URL: url })
  const statusWith = async (secret: string) =>
    (await new User(server.url, 'Вера', secret).ask('GET', '/status', {})).status
  expect(await statusWith(old)).toBe(200)
  const rotated = await (await openHosts({ VECHE_DATA: folder })).rotate('vehno')
  const secret = rotated.kind === 'done' ? rotated.secret! : expect.unreachable()
  while ((await statusWith(secret)) !== 200) await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await statusWith(old)).toBe(401)
})

test('N2 beside the messenger, on the same port', async () => {
  const database = resources.use(await testDatabase())
  const secret = await addHost()
  const config = toServerConfig(new Map(Object.entries({ VECHE_PORT: '0', VECHE_DATA: folder })), services)
  const server = resources.use(
    await startServer(config, { services, log: silentLogger, database: database.address }),
  )
  expect(server.administratorCode).toMatch(/^vr-/)
  const answer = await new User(server.url, 'Вера', secret).ask('GET', '/status', {})
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, origin])
  expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  expect(await (await fetch(server.url)).text()).toContain('Это сервер Вече')
})

/** A database that belongs to somebody else, with a role that has a schema there and nothing more. */
async function hostDatabase() {
  const database = resources.use(await testDatabase())
  const owner = resources.use(
    openDatabase({ url: database.address.url, schema: 'public', maxConnections: 1 }),
  )
  const role = `guest_${randomBytes(4).toString('hex')}`
  resources.defer(async () => {
    await owner.query(`DROP OWNED BY ${role} CASCADE`)
    await owner.query(`DROP ROLE ${role}`)
  })
  await owner.query(`CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE`)
  await owner.query(`CREATE SCHEMA nichatka AUTHORIZATION ${role}`)
  await owner.query('CREATE TABLE public.task (id int PRIMARY KEY, title text)')
  const url = new URL(database.address.url)
  url.searchParams.set('user', role)
  return { owner, url: url.href }
}

async function start(settings: Readonly<Record<string, string>>) {
  const raw = new Map(Object.entries({ VECHE_PORT: '0', VECHE_DATA: folder, ...settings }))
  const config = toServerConfig(raw, services)
  const running = services.filter(({ name }) => config.running.includes(name))
  return resources.use(await startServer(config, { services: running, log: silentLogger }))
}

/** @returns the key as the command shows it */
async function addHost(): Promise<string> {
  const hosts = await openHosts({ VECHE_DATA: folder })
  const added = await hosts.add({ name: 'vehno', origins: [origin], allowsGetChanges: true })
  return added.kind === 'done' ? added.secret! : expect.unreachable()
}

/** One who uses the host, as its server vouches for them (docs/wire/nichatka.md, "The token"). */
class User {
  readonly #url: string
  readonly #nickname: string
  readonly #key: Buffer

  constructor(url: string, nickname: string, secret: string) {
    this.#url = url
    this.#nickname = nickname
    this.#key = Buffer.from(secret.replace('hmac-sha256:', ''), 'base64url')
  }

  ask(method: 'GET' | 'POST', path: string, fields: Readonly<Record<string, string>>): Promise<Response> {
    const form = new URLSearchParams({ user: this.#nickname, charset: 'utf-8', ...fields })
    const url = `${this.#url}/nichatka/v1${path}`
    const headers = { authorization: `Bearer ${this.#token()}`, origin }
    return method === 'GET'
      ? fetch(`${url}?${form}`, { headers })
      : fetch(url, { method, headers, body: form })
  }

  #token(): string {
    const now = Math.floor(Date.now() / 1000)
    const jti = randomBytes(12).toString('base64url')
    const claims = { sub: this.#nickname, aud: 'vehno', iat: now, exp: now + 300, jti }
    const signed = `v1.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
    return `${signed}.${createHmac('sha256', this.#key).update(signed).digest('base64url')}`
  }
}
