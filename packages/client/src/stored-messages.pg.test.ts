import { afterAll, beforeAll, expect, test } from 'vitest'
import { UsageError } from './errors.ts'
import { CATCH_UP_MS, openChat, openPerson, registerPerson, reopen } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

test('M21: one search over all chats, newest first, without the server, with what waits', async () => {
  const alice = await registerPerson(server, 'anna')
  const bob = await registerPerson(server, 'boris')
  const carol = await registerPerson(server, 'clara')
  const withBob = await openChat(alice, bob)
  const withCarol = await openChat(alice, carol)
  await alice.client.send(withBob, 'Ёлка у ворот')
  await alice.client.send(withCarol, 'Ни слова о ней')
  await bob.client.send(bob.client.findChat('@anna'), 'Какая ёлка?')
  for (const { client } of [alice, bob, alice]) await client.catchUp(CATCH_UP_MS)
  await alice.client.send(withCarol, 'ЕЛКУ срубили')
  await carol.client.send(carol.client.findChat('@anna'), 'елка')
  await carol.client.catchUp(CATCH_UP_MS)
  await alice.client.catchUp(CATCH_UP_MS)
  alice.line.cut()
  await alice.client.send(withBob, 'И всё же: елка')

  const again = await reopen(server, alice)
  again.line.cut()
  const found = await again.client.search('ёлк', { limit: 10 })
  expect(new Set(found.map(({ text }) => text))).toEqual(
    new Set(['И всё же: елка', 'елка', 'ЕЛКУ срубили', 'Какая ёлка?', 'Ёлка у ворот']),
  )
  expect(found.map(({ at }) => at)).toEqual(found.map(({ at }) => at).toSorted((a, b) => b - a))
  expect(found[0]).toMatchObject({ chat: withBob, text: 'И всё же: елка', state: 'waiting' })
  expect(found.at(-1)).toMatchObject({ chat: withBob, from: { handle: 'anna' }, state: 'delivered' })
  expect(await again.client.search('ёлк', { limit: 1 })).toEqual(found.slice(0, 1))
  for await (const message of again.client.findMessages('ёлк')) {
    expect(message).toEqual(found[0])
    break
  }
  expect(await again.client.search('ничего такого', { limit: 10 })).toEqual([])
  await expect(again.client.search('  ', { limit: 10 })).rejects.toThrow(UsageError)
  expect(again.line.calls).toEqual([])
})

test('who has no account has nothing to search', async () => {
  const { client } = await openPerson(server, 'nobody')
  await expect(client.search('x', { limit: 1 })).rejects.toThrow('not_registered')
})

test('a long history is read in pages, from the newest back', async () => {
  const dora = await registerPerson(server, 'dora')
  const egor = await registerPerson(server, 'egor')
  const chat = await openChat(dora, egor)
  for (const text of ['one', 'two', 'three', 'four']) await dora.client.send(chat, text)
  await dora.client.catchUp(CATCH_UP_MS)
  dora.line.cut()
  await dora.client.send(chat, 'waits')

  const newest = await dora.client.history(chat, { limit: 3 })
  expect(newest.map(({ text }) => text)).toEqual(['three', 'four', 'waits'])
  const older = await dora.client.history(chat, { limit: 3, before: newest[0]!.seq! })
  expect(older.map(({ text }) => text)).toEqual(['one', 'two'])
  expect(await dora.client.history(chat, { limit: 3, before: older[0]!.seq! })).toEqual([])
})
