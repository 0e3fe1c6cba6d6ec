import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '../database/database.ts'
import { withDatabase } from '../database/database-url.ts'
import { type Migration, migrate } from '../database/migrations.ts'
import { openServiceDatabase, type ServerAddress } from '../database/service-schema.ts'
import { EmbeddedPostgres } from '../postgres/embedded-postgres.ts'

export { objectsOutside } from './objects-outside.ts'

export interface TestDatabase extends AsyncDisposable {
  /** For a whole server (`startServer`) on this database. */
  readonly address: ServerAddress
  /** A service's database as it is in the program: own schema, own role, migrated. Closed with this one. */
  open(service: string, migrations: readonly Migration[]): Promise<Database>
}

/**
 * A fresh database on the PostgreSQL that `npm test` keeps running (VECHE_TEST_DATABASE), or on one started for
 * this caller alone. Dropped when disposed.
 *
 *     let database: TestDatabase
 *     beforeAll(async () => { database = await testDatabase() })
 *     afterAll(() => database[Symbol.asyncDispose]())
 */
export async function testDatabase(): Promise<TestDatabase> {
  await using resources = new AsyncDisposableStack()
  const serverUrl = process.env.VECHE_TEST_DATABASE ?? (await ownServer(resources))
  const name = `test_${randomBytes(8).toString('hex')}`
  const server = resources.use(openDatabase({ url: serverUrl, schema: 'public', maxConnections: 1 }))
  await server.query(`CREATE DATABASE ${name}`)
  resources.defer(async () => void (await server.query(`DROP DATABASE ${name} WITH (FORCE)`)))
  const address = { url: withDatabase(serverUrl, name), passwordless: true }
  const owned = resources.move()
  return {
    address,
    async open(service, migrations) {
      const database = owned.use(await openServiceDatabase(address, service))
      await migrate(database, service, migrations)
      return database
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function ownServer(resources: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'veche-test-'))
  resources.defer(() => rm(folder, { recursive: true, force: true }))
  const postgres = resources.use(await EmbeddedPostgres.start({ folder }))
  return postgres.address.url
}
