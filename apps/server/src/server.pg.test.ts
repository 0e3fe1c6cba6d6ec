import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Code, ConnectError, createClient } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { AccountsInternalService } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import { AccountsService } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ServerReflection } from '@veche/protocol/gen/grpc/reflection/v1/reflection_pb.js'
import { defineService, Health, reasonOf, type ServiceDefinition, silentLogger } from '@veche/service-kit'
import { issueCertificate, newAuthority } from '@veche/service-kit/local-authority'
import { type TestDatabase, testDatabase } from '@veche/service-kit/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type RunningServer, startServer } from './server.ts'
import { toServerConfig } from './server-config.ts'
import { services } from './services.ts'

let folder: string
let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'veche-server-'))
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const calls: string[] = []
beforeEach(() => {
  calls.length = 0
})

/** A service that writes down what is done to it. */
function witness(name: string, needs: readonly string[], failing?: 'create' | 'start'): ServiceDefinition {
  const note = (what: string) => calls.push(`${name} ${what}`)
  return defineService({
    name,
    needs,
    settings: {},
    migrations: [{ name: '202601010000_thing', sql: 'CREATE TABLE thing (id int)' }],
    publicRpcs: [],
    async create({ database }) {
      await database.query('SELECT FROM thing')
      note('created')
      if (failing === 'create') throw new Error(failing)
      return {
        routes: () => {},
        async start() {
          note('started')
          if (failing === 'start') throw new Error(failing)
        },
        drain: async () => void note('drained'),
        stop: async () => void note('stopped'),
      }
    },
  })
}

function start(
  definitions: readonly ServiceDefinition[],
  further: readonly (readonly [string, string])[] = [],
): Promise<RunningServer> {
  const raw = new Map([['VECHE_PORT', '0'], ['VECHE_DATA', folder], ...further])
  const config = toServerConfig(raw, definitions)
  return startServer(config, { services: definitions, log: silentLogger, database: database.address })
}

test('M25 reflection names the public services alone, and can be switched off', async () => {
  const listed = async (server: RunningServer) => {
    const client = createClient(ServerReflection, createGrpcTransport({ baseUrl: server.url }))
    const question = (async function* () {
      yield { messageRequest: { case: 'listServices', value: '' } } as const
    })()
    for await (const { messageResponse } of client.serverReflectionInfo(question)) {
      if (messageResponse.case === 'listServicesResponse') {
        return messageResponse.value.service.map(({ name }) => name)
      }
    }
    return []
  }
  {
    await using server = await start(services)
    const names = await listed(server)
    expect(names).toEqual(
      expect.arrayContaining([AccountsService.typeName, ChatsService.typeName, Health.typeName]),
    )
    expect(names.filter((name) => name.includes('internal'))).toEqual([])
  }
  await using server = await start(services, [['VECHE_REFLECTION', 'false']])
  const refused = listed(server).catch((error) => ConnectError.from(error).code)
  expect(await refused).toBe(Code.Unimplemented)
})

test('M5 the real services answer over one port, and their internal RPCs do not', async () => {
  await using server = await start(services)
  const transport = createGrpcTransport({ baseUrl: server.url })
  expect((await createClient(AccountsService, transport).getServer({})).identityKey).toHaveLength(32)
  expect(await refusalOf(createClient(ChatsService, transport).listChats({}))).toBe('token_missing')
  expect(server.administratorCode).toMatch(/^vr-[a-z2-7]{26}$/)
  const internal = createClient(AccountsInternalService, transport)
  const error = await internal.ensureAdministratorCode({}).catch(ConnectError.from)
  expect(error).toMatchObject({ rawMessage: 'HTTP 404' })
  for (const { typeName } of [AccountsService, ChatsService]) {
    expect((await createClient(Health, transport).check({ service: typeName })).status).toBe(1)
  }
})

test('M25 with a certificate it is reached by https, under the name that the certificate is for', async () => {
  const authority = newAuthority('Authority of a test', ['localhost'], Date.now())
  const { cert, key } = issueCertificate(authority, ['localhost'], Date.now())
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await Promise.all([writeFile(certFile, cert), writeFile(keyFile, key)])
  await using server = await start(
    [],
    [
      ['VECHE_TLS_CERT', certFile],
      ['VECHE_TLS_KEY', keyFile],
    ],
  )
  expect(server.url).toMatch(/^https:\/\/localhost:\d+$/)
  expect(server.publicUrl).toBe(server.url)
  const nodeOptions = { ca: authority.cert }
  const health = createClient(Health, createGrpcTransport({ baseUrl: server.url, nodeOptions }))
  expect(await health.check({})).toMatchObject({ status: 1 })
})

test('services are created and started after those they need, and stopped before them', async () => {
  const server = await start([witness('second', ['first']), witness('first', [])])
  await server.stop()
  expect(calls.filter((call) => !call.endsWith('drained'))).toEqual([
    'first created',
    'second created',
    'first started',
    'second started',
    'second stopped',
    'first stopped',
  ])
  expect(calls.indexOf('second drained')).toBeLessThan(calls.indexOf('second stopped'))
})

test.each(['create', 'start'] as const)(
  'when a service fails to %s, all is released again',
  async (failing) => {
    await expect(start([witness('first', []), witness('second', ['first'], failing)])).rejects.toThrow(
      failing,
    )
    expect(calls.at(-1)).toBe('first stopped')
    await using server = await start([witness('first', [])])
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
  },
)

test('M28 without accounts there is no administrator, no token is known, and the first page speaks of no messenger', async () => {
  await using server = await start([witness('first', [])])
  expect(server.administratorCode).toBeUndefined()
  const transport = createGrpcTransport({ baseUrl: server.url })
  expect((await createClient(Health, transport).check({})).status).toBe(1)
  const page = await (await fetch(server.url)).text()
  expect(page).toContain('Здесь работают службы Вече: first. Мессенджера на этом сервере нет.')
  expect(page).toContain('Services of Veche run here: first. There is no messenger on this server.')
  expect(page).not.toMatch(/<script|<style|style=|\son[a-z]+=|register/)
})

test('a need that nobody meets is refused before anything starts', async () => {
  await expect(start([witness('second', ['first'])])).rejects.toThrow('no order of services: second')
  expect(calls).toEqual([])
})

test('M28 a service may reach only the services it needs', async () => {
  const nosy = defineService({
    ...witness('nosy', []),
    create({ client }) {
      client(AccountsInternalService)
      throw new Error('unreachable')
    },
  })
  await expect(start([nosy])).rejects.toThrow(
    'nosy does not need veche.accounts.internal.v1.AccountsInternalService',
  )
})

async function refusalOf(call: Promise<unknown>): Promise<string | undefined> {
  return call.then(() => undefined, reasonOf)
}
