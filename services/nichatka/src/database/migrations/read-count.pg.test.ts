import { afterAll, beforeAll, expect, test } from 'vitest'
import { recountUnread } from '../../testing/recount.ts'
import { incoming, openTestStore, type TestStore, to } from '../../testing/test-store.ts'
import { readCount } from './read-count.ts'

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened[Symbol.asyncDispose]())

test('N5 what was read before it was counted is counted when the service is brought up to date', async () => {
  const { database, store, newHost } = opened
  const host = await newHost()
  const [anna, oleg] = await host.users('anna', 'oleg')
  const sent = []
  for (let n = 0; n < 5; n++) sent.push(await host.send(anna, to(oleg)))
  await store.changeMessage(oleg, sent[0]!, { status: 'read' })
  await store.changeMessage(oleg, sent[1]!, { status: 'read' })
  await store.changeMessage(oleg, sent[2]!, { status: 'hidden' })
  await database.query('ALTER TABLE app_user DROP COLUMN read_incoming')
  for (const statement of readCount.sql.split(/;\s*$/m)) await database.query(statement)
  expect(await recountUnread(database)).toEqual([])
  for (const status of ['new', 'read'] as const) {
    expect(await store.listMessages(oleg, { ...incoming, statuses: [status] }, { limit: 1 })).toMatchObject({
      count: 2,
    })
  }
})
