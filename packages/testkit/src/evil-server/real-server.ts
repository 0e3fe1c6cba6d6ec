/**
 * The real services on a database of their own that can be copied as a whole, which is what forks and rollbacks need.
 * States: running, or stopped for good as a model that is only copied any more.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Transport } from '@connectrpc/connect'
import { createConnectTransport, Http2SessionManager } from '@connectrpc/connect-node'
import { services, startServer, toServerConfig } from '@veche/app-server'
import { type Logger, openDatabase, silentLogger } from '@veche/service-kit'
import { testDatabase } from '@veche/service-kit/testing'

interface Place {
  /** URL of the database. */
  readonly database: string
  /** The data folder: copies of one server share its master key. */
  readonly folder: string
  readonly log: Logger
}

interface Running extends AsyncDisposable {
  readonly transport: Transport
}

export class RealServer implements AsyncDisposable {
  readonly #place: Place
  readonly #resources: AsyncDisposableStack
  #running: Running | undefined

  static async start(log: Logger = silentLogger): Promise<RealServer> {
    await using resources = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'veche-'))
    resources.defer(() => rm(folder, { recursive: true, force: true }))
    const database = resources.use(await testDatabase())
    const place = { database: database.address.url, folder, log }
    return new RealServer(place, await run(place), resources.move())
  }

  private constructor(place: Place, running: Running, resources: AsyncDisposableStack) {
    this.#place = place
    this.#running = running
    this.#resources = resources
  }

  /** To the services as they run now. */
  get transport(): Transport {
    if (!this.#running) throw new Error('this server is only copied')
    return this.#running.transport
  }

  /** What the service asks of its database fails from now on. */
  async breakService(name: 'accounts' | 'chats'): Promise<void> {
    await administer(this.#place.database, `ALTER SCHEMA ${name} RENAME TO ${name}_broken`)
  }

  /** From now on it is only copied. */
  async stop(): Promise<void> {
    await this.#running?.[Symbol.asyncDispose]()
    this.#running = undefined
  }

  /** Another server that knows what this one knows now; streams of this one end. Copies end before it does. */
  async copy(): Promise<RealServer> {
    const wasRunning = this.#running !== undefined
    await this.stop()
    const { place, resources } = await copyDatabase(this.#place)
    if (wasRunning) this.#running = await run(this.#place)
    return new RealServer(place, await run(place), resources)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await this.#resources.disposeAsync()
  }
}

/** Anyone may register, and nobody is slowed down: the tests are about lies, not about load. */
async function run({ database, folder, log }: Place): Promise<Running> {
  const settings = new Map([
    ['VECHE_PORT', '0'],
    ['VECHE_DATA', folder],
    ['VECHE_REGISTRATION', 'open'],
    ['VECHE_ACCOUNT_RATE', '0'],
    ['VECHE_ADDRESS_RATE', '0'],
    ['VECHE_ATTEMPT_RATE', '0'],
  ])
  const server = await startServer(toServerConfig(settings, services), {
    services,
    database: { url: database, passwordless: true },
    log,
  })
  const sessionManager = new Http2SessionManager(server.url)
  return {
    transport: createConnectTransport({ httpVersion: '2', baseUrl: server.url, sessionManager }),
    async [Symbol.asyncDispose]() {
      sessionManager.abort()
      await server.stop()
    },
  }
}

async function copyDatabase({ database, ...place }: Place) {
  const copy = new URL(database)
  const name = `test_${randomBytes(8).toString('hex')}`
  copy.pathname = `/${name}`
  await administer(database, `CREATE DATABASE ${name} TEMPLATE ${new URL(database).pathname.slice(1)}`)
  const resources = new AsyncDisposableStack()
  resources.defer(() => administer(database, `DROP DATABASE ${name} WITH (FORCE)`))
  return { place: { ...place, database: copy.href }, resources }
}

async function administer(url: string, statement: string): Promise<void> {
  await using administrator = openDatabase({ url, schema: 'public', maxConnections: 1 })
  await administrator.query(statement)
}
