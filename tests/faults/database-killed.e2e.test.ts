/**
 * F2: the whole PostgreSQL, postmaster and children, is killed with SIGKILL while two people write. The server stays,
 * starts it again by itself, and goes on; nobody does anything.
 */
import { openDatabase } from '@veche/service-kit'
import { Conversation, NOTHING_WRONG, until } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const KILLS = process.env.VECHE_LONG === '1' ? 50 : 4
let conversation: Conversation

beforeAll(async () => {
  conversation = await Conversation.start()
})
afterAll(() => conversation[Symbol.asyncDispose]())

test(`F2 M17 PostgreSQL killed ${KILLS} times comes back by itself with everything acknowledged`, async () => {
  const { postgres, server } = conversation
  const writers = conversation.writeAll()
  const times: number[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    await conversation.untilMore('acknowledged', 20)
    const { postmaster } = postgres
    const before = performance.now()
    postgres.kill()
    const killed = conversation.lines()
    await until(() => conversation.acknowledgedSince(killed).length > 0)
    times.push(performance.now() - before)
    expect(postgres.postmaster).not.toBe(postmaster)
  }
  expect(await server.isReady()).toBe(true)
  await conversation.stopWriting(writers)

  const { delivered, ...wrong } = await conversation.verdict()
  console.info(`F2: ${delivered} delivered; ms until acknowledged again: ${times.map(Math.round)}`)
  expect(wrong).toEqual(NOTHING_WRONG)
  expect(await brokenIndexes()).toEqual([])
}, 1_800_000)

/** What amcheck says of every index: each row it points to is there, and each row is in it. */
async function brokenIndexes(): Promise<string[]> {
  const url = `postgresql:///veche?host=${encodeURIComponent(conversation.database)}&user=veche`
  await using database = openDatabase({ url, schema: 'public', maxConnections: 1 })
  await database.query('CREATE EXTENSION IF NOT EXISTS amcheck')
  const { rows } = await database.query<{ name: string }>(
    `SELECT indexrelid::regclass::text AS name FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
     JOIN pg_am ON pg_am.oid = relam WHERE amname = 'btree' AND relpersistence = 'p'`,
  )
  expect(rows.length).toBeGreaterThan(50)
  const broken: string[] = []
  for (const { name } of rows) {
    await database.query('SELECT bt_index_check($1::regclass, true)', [name]).catch((error: Error) => {
      broken.push(`${name}: ${error.message}`)
    })
  }
  return broken
}
