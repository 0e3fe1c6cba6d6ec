import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLogger } from '../log/logger.ts'
import { PostgresError } from '../postgres/postgres-error.ts'
import { objectsOutside, type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { type Database, openDatabase } from './database.ts'
import { migrate } from './migrations.ts'
import { openServiceDatabase, type ServerAddress } from './service-schema.ts'
import { sqlStateOf } from './sql-state.ts'

const tables = [{ name: '202601010000_note', sql: 'CREATE TABLE note (id int)' }]
let server: TestDatabase
let administrator: Database
let operator: string

beforeAll(async () => {
  server = await testDatabase()
  administrator = openDatabase({ url: server.address.url, schema: 'public' })
  operator = `operator_${randomBytes(4).toString('hex')}`
  await administrator.query(`CREATE ROLE ${operator} LOGIN`)
  const database = new URL(server.address.url).pathname.slice(1)
  await administrator.query(`GRANT CREATE ON DATABASE ${database} TO ${operator}`)
})
afterAll(async () => {
  await administrator.query(`DROP OWNED BY ${operator} CASCADE`)
  await administrator.query(`DROP ROLE ${operator}`)
  await administrator.close()
  await server[Symbol.asyncDispose]()
})

/** As an operator's own PostgreSQL, reached as a role that may or may not create others. */
async function external(mayCreateRoles: boolean): Promise<ServerAddress> {
  await administrator.query(`ALTER ROLE ${operator} ${mayCreateRoles ? 'CREATEROLE' : 'NOCREATEROLE'}`)
  const url = new URL(server.address.url)
  url.searchParams.set('user', operator)
  return { url: url.href, passwordless: false }
}

test('on an operator’s PostgreSQL services become their own roles where roles can be made', async () => {
  const name = `with_${randomBytes(4).toString('hex')}`
  await using database = await openServiceDatabase(await external(true), name)
  await migrate(database, name, tables)
  const { rows } = await database.query('SELECT current_user::text AS role, session_user::text AS login')
  expect(rows).toEqual([{ role: `veche_${name}`, login: operator }])
  await using other = await openServiceDatabase(await external(true), `other_${name}`)
  expect(await other.query(`SELECT FROM ${name}.note`).catch(sqlStateOf)).toBe('42501')
})

test('where they cannot, it runs on the one role and warns', async () => {
  const name = `shared_${randomBytes(4).toString('hex')}`
  const lines: string[] = []
  const log = createLogger({ level: 'warn', write: (line) => lines.push(line) })
  await using database = await openServiceDatabase(await external(false), name, log)
  await migrate(database, name, tables)
  expect((await database.query('SELECT current_user::text AS role')).rows).toEqual([{ role: operator }])
  expect(lines.join()).toContain('"event":"shared_role"')
})

/** An operator's role with no right of its own in a fresh database, where `setUp` runs before it comes. */
async function guest(setUp: (role: string) => readonly string[]) {
  await using resources = new AsyncDisposableStack()
  const database = resources.use(await testDatabase())
  const owner = resources.use(
    openDatabase({ url: database.address.url, schema: 'public', maxConnections: 1 }),
  )
  const role = `guest_${randomBytes(4).toString('hex')}`
  await owner.query(`CREATE ROLE ${role} LOGIN`)
  resources.defer(async () => {
    await owner.query(`DROP OWNED BY ${role} CASCADE`)
    await owner.query(`DROP ROLE ${role}`)
  })
  for (const statement of setUp(role)) await owner.query(statement)
  const url = new URL(database.address.url)
  url.searchParams.set('user', role)
  const owned = resources.move()
  return {
    owner,
    role,
    address: { url: url.href, passwordless: false },
    hasRole: async (name: string) =>
      (await owner.query('SELECT FROM pg_roles WHERE rolname = $1', [name])).rowCount > 0,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

const warnings = () => {
  const lines: string[] = []
  return { lines, log: createLogger({ level: 'warn', write: (line) => lines.push(line) }) }
}

test('N2 a schema that stands ready is all that a role needs, and nothing else comes to be', async () => {
  const name = `ready_${randomBytes(4).toString('hex')}`
  await using there = await guest((role) => [`CREATE SCHEMA ${name} AUTHORIZATION ${role}`])
  const before = await objectsOutside(there.owner, name)
  const { lines, log } = warnings()
  for (const time of ['the first time', 'again']) {
    await using database = await openServiceDatabase(there.address, name, log)
    await migrate(database, name, tables)
    await database.query('INSERT INTO note VALUES (1)')
    expect((await database.query('SELECT current_user::text AS role')).rows, time).toEqual([
      { role: there.role },
    ])
  }
  expect((await there.owner.query(`SELECT FROM ${name}.note`)).rowCount).toBe(2)
  expect(await objectsOutside(there.owner, name)).toEqual(before)
  expect(await there.hasRole(`veche_${name}`)).toBe(false)
  expect(lines).toEqual([])
})

test('N2 a schema of the owner’s that is open to the role does as well', async () => {
  const name = `open_${randomBytes(4).toString('hex')}`
  await using there = await guest((role) => [
    `CREATE SCHEMA ${name}`,
    `GRANT ALL ON SCHEMA ${name} TO ${role}`,
  ])
  await using database = await openServiceDatabase(there.address, name)
  expect(await migrate(database, name, tables)).toBe(1)
})

test('N2 a role that may create roles makes none where a schema stands ready', async () => {
  const name = `ready_${randomBytes(4).toString('hex')}`
  await using there = await guest((role) => [
    `ALTER ROLE ${role} CREATEROLE`,
    `CREATE SCHEMA ${name} AUTHORIZATION ${role}`,
  ])
  await using database = await openServiceDatabase(there.address, name)
  expect(await migrate(database, name, tables)).toBe(1)
  expect(await there.hasRole(`veche_${name}`)).toBe(false)
})

test('N2 without a schema, and without the right to make one, it is refused in one line and nothing is made', async () => {
  const name = `refused_${randomBytes(4).toString('hex')}`
  for (const right of ['NOCREATEROLE', 'CREATEROLE']) {
    await using there = await guest((role) => [`ALTER ROLE ${role} ${right}`])
    const before = await objectsOutside(there.owner, name)
    const error = await openServiceDatabase(there.address, name).catch((error) => error)
    expect(error).toBeInstanceOf(PostgresError)
    expect(error.message).toContain(`CREATE SCHEMA ${name} AUTHORIZATION`)
    expect(await objectsOutside(there.owner, name)).toEqual(before)
    expect(await there.hasRole(`veche_${name}`)).toBe(false)
  }
})

test('N2 a schema that is somebody else’s is left alone', async () => {
  const name = `foreign_${randomBytes(4).toString('hex')}`
  for (const right of ['NOCREATEROLE', 'CREATEROLE']) {
    await using there = await guest((role) => [`CREATE SCHEMA ${name}`, `ALTER ROLE ${role} ${right}`])
    const before = await objectsOutside(there.owner, 'none')
    await expect(openServiceDatabase(there.address, name)).rejects.toThrow(PostgresError)
    expect(await objectsOutside(there.owner, 'none')).toEqual(before)
    expect(await there.hasRole(`veche_${name}`)).toBe(false)
  }
})

test('N2 a PostgreSQL that is too old is said to be, before anything is made', async () => {
  await using there = await guest((role) => [`CREATE SCHEMA old AUTHORIZATION ${role}`])
  await expect(openServiceDatabase(there.address, 'old', undefined, { oldestPostgres: 99 })).rejects.toThrow(
    /is version \d+, and 99 or later is needed/,
  )
})

test('a name that is no identifier is refused', async () => {
  await expect(openServiceDatabase(server.address, 'x; DROP SCHEMA public')).rejects.toThrow(TypeError)
})
