import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { type Migration, MigrationError, migrate } from './migrations.ts'
import { openServiceDatabase } from './service-schema.ts'
import { sqlStateOf } from './sql-state.ts'

let server: TestDatabase
beforeAll(async () => {
  server = await testDatabase()
})
afterAll(() => server[Symbol.asyncDispose]())

const first: Migration = { name: '202601010000_note', sql: 'CREATE TABLE note (id int)' }
const second: Migration = { name: '202601020000_note_text', sql: 'ALTER TABLE note ADD text text' }

test('each is applied once, in order, also when several processes start at once', async () => {
  const databases = await Promise.all([1, 2, 3].map(() => openServiceDatabase(server.address, 'orderly')))
  const applied = await Promise.all(
    databases.map((database) => migrate(database, 'orderly', [first, second])),
  )
  expect(applied.toSorted()).toEqual([0, 0, 2])
  await databases[0]?.query('INSERT INTO note (id, text) VALUES (1, $1)', ['x'])
  for (const database of databases) await database.close()
})

test('one that fails leaves nothing of itself and all before it', async () => {
  await using database = await server.open('failing', [])
  const broken: Migration = { name: '202601030000_broken', sql: 'CREATE TABLE half (id int); SELECT 1/0' }
  await expect(migrate(database, 'failing', [first, broken])).rejects.toThrow('division by zero')
  expect(await database.query('SELECT FROM half').catch(sqlStateOf)).toBe('42P01')
  const names = await database.query('SELECT name FROM migration')
  expect(names.rows).toEqual([{ name: first.name }])
  const mended: Migration = { name: broken.name, sql: 'CREATE TABLE half (id int)' }
  expect(await migrate(database, 'failing', [first, mended])).toBe(1)
})

test('a changed one, a newer database and names out of order are refused', async () => {
  await using database = await server.open('refusing', [first, second])
  const changed = { name: first.name, sql: `${first.sql} ` }
  await expect(migrate(database, 'refusing', [changed, second])).rejects.toThrow(MigrationError)
  await expect(migrate(database, 'refusing', [first])).rejects.toThrow('newer version')
  await expect(migrate(database, 'refusing', [second, first])).rejects.toThrow('stands after')
  await expect(migrate(database, 'refusing', [{ name: 'x', sql: '' }])).rejects.toThrow('YYYYMMDDhhmm')
  expect(await migrate(database, 'refusing', [first, second])).toBe(0)
})

test('one may take longer than a statement of the service', async () => {
  await using database = await openServiceDatabase(server.address, 'slow', undefined, {
    statementTimeoutMs: 500,
  })
  const slow: Migration = { name: '202601010000_slow', sql: 'SELECT pg_sleep(1); CREATE TABLE slow (id int)' }
  expect(await database.query('SELECT pg_sleep(1)').catch(sqlStateOf)).toBe('57014')
  expect(await migrate(database, 'slow', [slow])).toBe(1)
})
