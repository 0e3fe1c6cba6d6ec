/** History on a second device (M15, M16), by the commands against a real server. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import { openChat, type Person } from './testing/person.ts'
import { TestServer } from './testing/test-server.ts'
import { ru } from './words/ru.ts'

const COUNT = 4
let server: TestServer
let alice: Person
let phone: Person
let bob: Person
beforeAll(async () => {
  server = await TestServer.start()
  alice = await server.person('alice')
  phone = await server.person('alice')
  bob = await server.person('bob')
})
afterAll(() => server?.[Symbol.asyncDispose]())

const textsOf = (lines: readonly Record<string, unknown>[]) => lines.map(({ text }) => text)

test('M15, M16 a second device shows what the first had: the newest at once, in the end all of it', async () => {
  await alice.register(server.url, '--invite', server.administratorCode)
  await alice.json('admin', 'registration', 'open')
  await bob.register(server.url)
  await openChat(alice, bob)
  await alice.json('group', 'create', 'Огород')
  await alice.json('group', 'add', 'Огород', '@bob')
  for (let index = 0; index < COUNT; index++) {
    await bob.json('send', '@alice', `from bob ${index}`)
    await alice.json('send', '@bob', `from alice ${index}`)
  }
  await alice.json('send', 'Огород', 'in the group')
  const before = await alice.json('history', '@bob', '--limit', '1000')
  expect(before.lines).toHaveLength(2 * COUNT)

  const signedIn = await phone.json(
    ...['login', '--server', server.url, '--handle', 'alice', '--password-file', phone.passwordFile],
  )
  expect([signedIn.code, signedIn.err]).toEqual([exitCode.done, ''])
  let lines: Record<string, unknown>[] = []
  while (lines.length < 2) {
    await alice.json('chats')
    lines = [...(await phone.json('chats')).lines]
  }
  expect(lines).toMatchObject([{ unread: 0 }, { unread: 0 }])
  const newest = await phone.json('history', '@bob', '--limit', '3')
  expect(textsOf(newest.lines)).toEqual(textsOf(before.lines).slice(-3))
  expect(textsOf((await phone.json('history', 'Огород')).lines)).toEqual(['in the group'])
  const fetched = await phone.json('history', 'fetch')
  expect(fetched.lines).toMatchObject([{ missing: 0 }])
  const all = await phone.json('history', '@bob', '--limit', '1000')
  expect(textsOf(all.lines)).toEqual(textsOf(before.lines))
  expect((await phone.say('ru', 'history', 'fetch')).out).toContain(ru.says.archiveDone)
  expect((await phone.json('listen', '--count', '1', '--timeout', '1s')).lines).toEqual([])
})
