import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Database, openDatabase } from '../database/database.ts'
import { EmbeddedPostgres } from './embedded-postgres.ts'
import { PostgresError } from './postgres-error.ts'
import { stopOrphan } from './postmaster.ts'

let root: string
let folder: string
const children: ChildProcess[] = []

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'veche-postgres-')))
  folder = join(root, 'data')
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await stopOrphan(join(folder, 'postgres')) // of a process that the test killed
  await rm(root, { recursive: true, force: true })
})

test('M26 starts on an empty folder, keeps what is written, and leaves nothing running', async () => {
  {
    await using postgres = await EmbeddedPostgres.start({ folder })
    await using database = open(postgres)
    await database.query("CREATE TABLE note (text text); INSERT INTO note VALUES ('привет')")
  }
  await expect(stat(join(folder, 'postgres/postmaster.pid'))).rejects.toThrow('ENOENT')
  await using postgres = await EmbeddedPostgres.start({ folder })
  await using database = open(postgres)
  expect((await database.query('SELECT text FROM note')).rows).toEqual([{ text: 'привет' }])
})

test('is durable, listens on no port and lets nobody else into its folder', async () => {
  await using postgres = await EmbeddedPostgres.start({ folder })
  await using database = open(postgres)
  const names = [
    'fsync',
    'synchronous_commit',
    'full_page_writes',
    'data_sync_retry',
    'data_checksums',
    'listen_addresses',
  ]
  const { rows } = await database.query<{ name: string; setting: string }>(
    'SELECT name, setting FROM pg_settings WHERE name = ANY($1)',
    [names],
  )
  expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    data_sync_retry: 'off',
    data_checksums: 'on',
    listen_addresses: '',
  })
  expect((await database.query('SHOW server_encoding')).rows).toEqual([{ server_encoding: 'UTF8' }])
  expect((await stat(join(folder, 'postgres'))).mode & 0o777).toBe(0o700)
})

test('a second server on the folder is refused, also while the first is stopped by SIGSTOP', async () => {
  const first = await startElsewhere()
  expect(await refusal()).toMatchObject({ kind: 'in_use' })
  first.kill('SIGSTOP')
  expect(await refusal()).toMatchObject({ kind: 'in_use' })
  first.kill('SIGCONT')
})

test('F1: after kill -9 of the server the next start ends its PostgreSQL and finds everything', async () => {
  const first = await startElsewhere()
  const orphan = await postmasterPid()
  first.kill('SIGKILL')
  await once(first, 'exit')
  expect(isAlive(orphan)).toBe(true)
  await using postgres = await EmbeddedPostgres.start({ folder })
  expect(isAlive(orphan)).toBe(false)
  await using database = open(postgres)
  expect((await database.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})

test('F2: PostgreSQL that is killed comes back with every commit, and the pool with it', async () => {
  await using postgres = await EmbeddedPostgres.start({ folder })
  await using database = open(postgres)
  await database.query("CREATE TABLE note (text text); INSERT INTO note VALUES ('kept')")
  process.kill(postgres.pid, 'SIGKILL')
  await expect
    .poll(
      () =>
        database.query('SELECT text FROM note').then(
          ({ rows }) => rows,
          () => 'down',
        ),
      { timeout: 30_000 },
    )
    .toEqual([{ text: 'kept' }])
})

test('F2: what a killed PostgreSQL was busy with has ended before the next one writes', async () => {
  await using postgres = await EmbeddedPostgres.start({ folder })
  await using database = open(postgres)
  await using busy = await database.connect()
  const { rows } = await busy.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const endless = busy.query('DO $$ BEGIN LOOP END LOOP; END $$').catch(() => 'lost')
  await expect.poll(() => stateOf(rows[0]!.pid)).toBe('R')
  process.kill(postgres.pid, 'SIGKILL')
  const answers = () =>
    database.query('SELECT 1').then(
      () => true,
      () => false,
    )
  await expect.poll(answers, { timeout: 30_000 }).toBe(true)
  expect(await stateOf(rows[0]!.pid)).toBe('gone')
  expect(await endless).toBe('lost')
})

test('a pid file whose number belongs to a stranger now does not keep it from starting', async () => {
  await (await EmbeddedPostgres.start({ folder })).stop()
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  children.push(stranger)
  await writeFile(
    join(folder, 'postgres/postmaster.pid'),
    `${stranger.pid}\n${folder}/postgres\n0\n5432\n.\n\n0 0\nready\n`,
  )
  await using postgres = await EmbeddedPostgres.start({ folder })
  expect(postgres.pid).toBeGreaterThan(0)
  expect(stranger.exitCode ?? stranger.signalCode).toBe(null)
})

test('F2: nor does the lock of its socket, which stays when it and the server are killed at once', async () => {
  await (await EmbeddedPostgres.start({ folder })).stop()
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  children.push(stranger)
  const lock = join(folder, 'postgres/.s.PGSQL.5432.lock')
  await writeFile(lock, `${stranger.pid}\n${folder}/postgres\n0\n5432\n${folder}/postgres\n`)
  await using postgres = await EmbeddedPostgres.start({ folder })
  expect(postgres.pid).toBeGreaterThan(0)
})

test('an initdb that was cut short is begun again', async () => {
  const draft = join(folder, 'postgres.new')
  await (await EmbeddedPostgres.start({ folder })).stop()
  await rm(join(folder, 'postgres'), { recursive: true })
  await writeFile(draft, 'half')
  await using postgres = await EmbeddedPostgres.start({ folder })
  expect(postgres.address.passwordless).toBe(true)
})

test('files in the database’s place that are no database are left as they are', async () => {
  const file = join(folder, 'postgres/base/16384')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, 'rows')
  await expect(EmbeddedPostgres.start({ folder })).rejects.toThrow(/is no database/)
  expect(await readFile(file, 'utf8')).toBe('rows')
})

test('a folder whose path is longer than a socket’s may be works', async () => {
  folder = join(root, 'long-'.repeat(30), 'data')
  await using postgres = await EmbeddedPostgres.start({ folder })
  await using database = open(postgres)
  expect((await database.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})

test('a PostgreSQL that cannot start is said in one line that names its log', async () => {
  const attempt = EmbeddedPostgres.start({ folder, settings: { shared_buffers: 'nonsense' } })
  const error = await attempt.catch((reason) => reason)
  expect(error).toBeInstanceOf(PostgresError)
  expect(error.message).toBe(`PostgreSQL did not start; see ${folder}/postgres.log.`)
})

test('B12: its log quotes no statement and no value', async () => {
  await using postgres = await EmbeddedPostgres.start({ folder })
  await using database = open(postgres)
  await database.query("CREATE TABLE note (text text UNIQUE CHECK (text <> 'canary-b'))")
  for (const text of ['canary-a', 'canary-a', 'canary-b']) {
    await database.query('INSERT INTO note VALUES ($1)', [text]).catch(() => {})
  }
  await database.query('SELECT $1::int', ['canary-c']).catch(() => {})
  await database.query('SELECT canary_d').catch(() => {})
  expect(await readFile(join(folder, 'postgres.log'), 'utf8')).not.toMatch(/canary/)
})

function open(postgres: EmbeddedPostgres): Database {
  return openDatabase({ url: postgres.address.url, schema: 'public' })
}

function refusal(): Promise<unknown> {
  return EmbeddedPostgres.start({ folder }).then(
    (postgres) => postgres.stop(),
    (error) => error,
  )
}

async function startElsewhere(): Promise<ChildProcess> {
  const holder = fileURLToPath(new URL('./hold-postgres.ts', import.meta.url))
  const child = spawn(process.execPath, [holder, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  await once(child.stdout, 'data')
  return child
}

/** From proc(5); a process that only waits to be reaped is gone. */
async function stateOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const state = text.slice(text.lastIndexOf(')') + 2)[0] ?? 'Z'
  return state === 'Z' ? 'gone' : state
}

async function postmasterPid(): Promise<number> {
  return Number.parseInt(await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8'), 10)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
