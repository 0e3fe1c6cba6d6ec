import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLogger } from '../log/logger.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
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

test('a name that is no identifier is refused', async () => {
  await expect(openServiceDatabase(server.address, 'x; DROP SCHEMA public')).rejects.toThrow(TypeError)
})
