/** Nichatka in somebody else's database: the host's own, or any other where it has a schema and nothing more. */
import { randomBytes } from 'node:crypto'
import { migrate, openDatabase, openServiceDatabase, systemClock } from '@veche/service-kit'
import { objectsOutside, testDatabase } from '@veche/service-kit/testing'
import { expect, test } from 'vitest'
import { migrations } from './database/migrations.ts'
import type { Nickname } from './domain.ts'
import { createStore } from './postgres-store.ts'

test('N2 a role that owns one schema and may do nothing else runs it whole, and nothing outside comes to be', async () => {
  await using resources = new AsyncDisposableStack()
  const database = resources.use(await testDatabase())
  const owner = resources.use(
    openDatabase({ url: database.address.url, schema: 'public', maxConnections: 1 }),
  )
  const role = `guest_${randomBytes(4).toString('hex')}`
  resources.defer(async () => {
    await owner.query(`DROP OWNED BY ${role} CASCADE`)
    await owner.query(`DROP ROLE ${role}`)
  })
  // What the host's administrator does, and what the host has of its own.
  await owner.query(`CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE`)
  await owner.query(`CREATE SCHEMA nichatka AUTHORIZATION ${role}`)
  await owner.query('CREATE TABLE public.task (id int PRIMARY KEY, title text)')
  const before = await objectsOutside(owner, 'nichatka')

  const url = new URL(database.address.url)
  url.searchParams.set('user', role)
  const own = resources.use(
    await openServiceDatabase({ url: url.href, passwordless: false }, 'nichatka', undefined, {
      extensions: ['pg_trgm', 'btree_gin'],
    }),
  )
  expect(await migrate(own, 'nichatka', migrations)).toBe(migrations.length)
  const store = createStore(own, systemClock)
  const hostId = await store.ensureHost('vehno')
  const [vera, boris] = await Promise.all(
    ['Вера', 'Борис'].map((nickname) => store.ensureUser(hostId, nickname as Nickname)),
  )
  const sent = await store.sendMessage(vera!, {
    kind: 'first',
    key: 'first-key',
    text: `Рассада готова. ${'Очень длинный текст. '.repeat(400)}`,
    priority: 'critical',
    to: [{ kind: 'user', nickname: boris!.nickname }],
  })
  expect(sent.kind).toBe('sent')
  expect(await store.unread(boris!)).toEqual({ critical: 1, important: 0, ordinary: 0 })
  const found = await store.listMessages(
    boris!,
    { box: 'incoming', statuses: ['new'], query: 'рассаду' },
    { limit: 20 },
  )
  expect(found.messages.map(({ sender }) => sender)).toEqual(['Вера'])

  expect(await objectsOutside(owner, 'nichatka')).toEqual(before)
  const { rows } = await owner.query(
    'SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = $1',
    [role],
  )
  expect(rows).toEqual([{ rolsuper: false, rolcreatedb: false, rolcreaterole: false }])
  const { rows: owned } = await owner.query(
    "SELECT count(*)::int AS tables FROM pg_class WHERE relkind = 'r' AND relnamespace = 'nichatka'::regnamespace",
  )
  expect(owned[0]).toMatchObject({ tables: expect.toSatisfy((tables: number) => tables > 5) })
})
