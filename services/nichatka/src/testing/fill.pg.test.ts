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
    messages: 2000,
    heavyDeliveries: 1000,
    nowMs,
  })
  expect(filled.heavyDeliveries).toBeGreaterThan(800)
  expect(await recountUnread(database)).toEqual([])
  const host = new TestHost(store, await store.ensureHost('full'))
  const [heavy, other] = await host.users('user1', 'user2')
  const { messages, count } = await store.listMessages(heavy, { ...incoming, query: 'заявки' }, { limit: 10 })
  expect(messages.every(({ text }) => text.includes('заявка'))).toBe(true)
  expect(count).toBeGreaterThan(20)
  const sent = await host.send(other, to(heavy))
  expect((await store.listMessages(heavy, incoming, { limit: 10 })).messages[0]!.id).toBe(sent)
  expect(await recountUnread(database)).toEqual([])
})
