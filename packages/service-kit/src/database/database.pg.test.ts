import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import type { Database } from './database.ts'
import { openServiceDatabase } from './service-schema.ts'
import { isLostConnection, isUnavailable, sqlStateOf } from './sql-state.ts'

let server: TestDatabase
let database: Database

beforeAll(async () => {
  server = await testDatabase()
  database = await server.open('example', [
    {
      name: '202601010000_counter',
      sql: 'CREATE TABLE counter (id int PRIMARY KEY, value bigint NOT NULL); INSERT INTO counter VALUES (1, 0)',
    },
  ])
})
afterAll(() => server[Symbol.asyncDispose]())

test('values come as what they are: bigint, bytes, dates', async () => {
  const { rows } = await database.query(
    'SELECT $1::int8 AS big, $2::bytea AS bytes, $3::timestamptz AS at, $4::bytea[] AS list',
    [2n ** 62n, Uint8Array.of(1, 2), new Date(0), [Uint8Array.of(9)]],
  )
  expect(rows[0]).toEqual({ big: 2n ** 62n, bytes: Buffer.of(1, 2), at: new Date(0), list: [Buffer.of(9)] })
})

test('a named query is prepared once a connection', async () => {
  await using connection = await database.connect()
  const query = { name: 'counter_by_id', text: 'SELECT value FROM counter WHERE id = $1' }
  for (const id of [1, 2]) await connection.query({ ...query, values: [id] })
  const { rows } = await connection.query('SELECT name FROM pg_prepared_statements')
  expect(rows).toEqual([{ name: 'counter_by_id' }])
})

test('a transaction that throws leaves nothing', async () => {
  const attempt = database.transaction(async (transaction) => {
    await transaction.query('INSERT INTO counter VALUES (50, 1)')
    throw new Error('changed my mind')
  })
  await expect(attempt).rejects.toThrow('changed my mind')
  expect((await database.query('SELECT FROM counter WHERE id = 50')).rowCount).toBe(0)
})

test('serializable transactions run again until each has counted', async () => {
  const add = () =>
    database.transaction(
      async (transaction) => {
        const { rows } = await transaction.query<{ value: bigint }>('SELECT value FROM counter WHERE id = 1')
        await transaction.query('UPDATE counter SET value = $1 WHERE id = 1', [(rows[0]?.value ?? 0n) + 1n])
      },
      { isolation: 'serializable', attempts: 50 },
    )
  await Promise.all(Array.from({ length: 8 }, add))
  expect((await database.query('SELECT value FROM counter WHERE id = 1')).rows).toEqual([{ value: 8n }])
})

test('a dedicated connection hears NOTIFY', async () => {
  await using connection = await database.connect()
  const heard: string[] = []
  await connection.listen('example_channel', (payload) => heard.push(payload))
  await database.query("SELECT pg_notify('example_channel', 'hello'), pg_notify('another', 'no')")
  await expect.poll(() => heard).toEqual(['hello'])
})

test('connections that PostgreSQL ends are replaced, and a dedicated one says so', async () => {
  await using connection = await database.connect()
  await database.query('SELECT 1')
  await using administrator = await server.open('administrator', [])
  await expect(
    database.transaction(async (transaction) => {
      await transaction.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()',
      )
      await transaction.query('SELECT pg_terminate_backend(pg_backend_pid())')
    }),
  ).rejects.toThrow()
  await expect.poll(() => connection.lost.aborted, { timeout: 30_000 }).toBe(true)
  // The pool learns a moment later that one of its own has ended.
  for (const each of [database, administrator]) {
    const one = () => each.query('SELECT 1 AS one').then(({ rows }) => rows, sqlStateOf)
    await expect.poll(one, { timeout: 30_000 }).toEqual([{ one: 1 }])
  }
})

test('M28 a service’s role sees its own schema and may not touch another’s', async () => {
  await using other = await server.open('other', [
    { name: '202601010000_secret', sql: 'CREATE TABLE secret (id int)' },
  ])
  await other.query('INSERT INTO secret VALUES (1)')
  const attempt = database.query('SELECT * FROM other.secret')
  expect(await attempt.catch(sqlStateOf)).toBe('42501')
  expect((await database.query('SELECT current_schemas(false)::text[] AS path')).rows).toEqual([
    { path: ['example'] },
  ])
})

test('a connection whose other end never answers is given up, and the pool goes on', async () => {
  const options = { statementTimeoutMs: 200, maxConnections: 1 }
  await using only = await openServiceDatabase(server.address, 'example', undefined, options)
  const { rows } = await only.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  process.kill(rows[0]!.pid, 'SIGSTOP')
  try {
    const attempt = only.transaction((transaction) => transaction.query('SELECT 1'))
    expect(isLostConnection(await attempt.catch((error: unknown) => error))).toBe(true)
    expect((await only.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  } finally {
    process.kill(rows[0]!.pid, 'SIGCONT')
  }
})

test('who waits too long for a connection, or for an answer, may ask again', async () => {
  const options = { connectTimeoutMs: 3_000, statementTimeoutMs: 500, maxConnections: 1 }
  await using only = await openServiceDatabase(server.address, 'example', undefined, options)
  await only.transaction(async (transaction) => {
    await transaction.query('SELECT 1')
    expect(isUnavailable(await only.query('SELECT 1').catch((error: unknown) => error))).toBe(true)
  })
  expect(isUnavailable(await only.query('SELECT pg_sleep(60)').catch((error: unknown) => error))).toBe(true)
  expect((await only.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})
