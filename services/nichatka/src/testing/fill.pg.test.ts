import { afterAll, beforeAll, expect, test } from 'vitest'
import { fill } from './fill.ts'
import { recountUnread } from './recount.ts'
import { incoming, openTestStore, TestHost, type TestStore, to } from './test-store.ts'

let opened: TestStore

beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened[Symbol.asyncDispose]())

test('N13 a filled host is one as if people had written all of it', async () => {
  const { store, database } = opened
  const nowMs = opened.clock.nowMs()
  const filled = await fill(database, {
    host: 'full',
    users: 50,
    messages: 4000,
    heavyDeliveries: 2500,
    nowMs,
  })
  expect(filled.heavyDeliveries).toBeGreaterThan(1800)
  expect(await recountUnread(database)).toEqual([])
  const host = new TestHost(store, await store.ensureHost('full'))
  const [heavy, other] = await host.users('user1', 'user2')
  const common = await store.listMessages(heavy, { ...incoming, query: 'заявки' }, { limit: 10 })
  expect(common.messages.every(({ text }) => text.includes('заявка'))).toBe(true)
  expect(common).toMatchObject({ count: 10, isCountExact: false, hasOlder: true })
  // Found by the readers and words of each message, which filling sets too.
  const rare = await store.listMessages(heavy, { ...incoming, query: 'word99' }, { limit: 500 })
  expect(rare.messages.every(({ text }) => text.includes('word99'))).toBe(true)
  expect(rare.count).toBeGreaterThan(0)
  expect(rare).toMatchObject({ count: rare.messages.length, isCountExact: true, hasOlder: false })
  const sent = await host.send(other, to(heavy))
  expect((await store.listMessages(heavy, incoming, { limit: 10 })).messages[0]!.id).toBe(sent)
  expect(await recountUnread(database)).toEqual([])
})
