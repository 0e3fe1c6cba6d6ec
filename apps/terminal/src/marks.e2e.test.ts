/** What stands beside messages, by the commands, against a real server (M20). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import { main } from './main.ts'
import { openChat, type Person } from './testing/person.ts'
import { TestServer } from './testing/test-server.ts'
import { en } from './words/en.ts'
import { ru } from './words/ru.ts'

let server: TestServer
let alice: Person
let bob: Person

beforeAll(async () => {
  server = await TestServer.start()
  ;[alice, bob] = await server.welcome('alice', 'bob')
  await openChat(alice, bob)
  await bob.json('chats')
})
afterAll(() => server?.[Symbol.asyncDispose]())

const stateOf = async (person: Person, other: string) =>
  (await person.json('history', other, '--limit', '1')).lines[0]!.state

test('M20 a message is sent, then delivered, then read, and its readers are named', async () => {
  await alice.json('send', '@bob', 'Рассада готова.')
  expect(await stateOf(alice, '@bob')).toBe('sent')
  expect((await bob.json('chats')).lines).toMatchObject([{ unread: 1 }])
  expect(await stateOf(alice, '@bob')).toBe('delivered')
  const read = await bob.json('read', '@alice')
  expect(read.lines).toMatchObject([{ unread: 0, read: expect.any(Number) }])
  expect((await bob.json('chats')).lines).toMatchObject([{ unread: 0 }])
  expect(await stateOf(alice, '@bob')).toBe('read')
  expect((await alice.json('readers', '@bob', 'last')).lines).toMatchObject([{ handle: 'bob', name: 'BOB' }])
  expect((await alice.say('ru', 'readers', '@bob', 'last')).out).toBe('Прочитано: BOB (@bob)\n')
  const unknown = await alice.json('readers', '@bob', '9999')
  expect(JSON.parse(unknown.err).error.reason).toBe('message_unknown')
})

test('M20 a chat is muted for a time, for good, and no more; and pinned', async () => {
  const [timed] = (await alice.json('mute', '@bob', '--for', '8h')).lines
  expect(timed).toMatchObject({ muted: true, pinned: false })
  const hours = (Date.parse(String(timed!.mutedUntil)) - Date.now()) / 3_600_000
  expect(hours).toBeGreaterThan(7)
  expect(hours).toBeLessThanOrEqual(8)
  expect((await alice.json('mute', '@bob')).lines).toMatchObject([{ muted: true, mutedUntil: null }])
  expect((await alice.say('ru', 'pin', '@bob')).out).toBe(`${ru.says.marks.pinned('BOB (@bob)')}\n`)
  expect((await alice.json('chats')).lines).toMatchObject([{ muted: true, pinned: true }])
  expect((await alice.say('en', 'chats')).out).toContain('pinned, muted')
  expect((await alice.say('en', 'mute', '@bob', '--off')).out).toBe(
    `${en.says.marks.notMuted('BOB (@bob)')}\n`,
  )
  expect((await alice.json('pin', '@bob', '--off')).lines).toMatchObject([{ muted: false, pinned: false }])
  expect((await alice.json('mute', '@bob', '--for', 'ever')).code).toBe(exitCode.wrongUse)
  expect((await alice.json('mute', '@bob', '--for', '8h', '--off')).code).toBe(exitCode.wrongUse)
})

test('M20 who switches read marks off shows none and sees none', async () => {
  expect((await bob.json('tell')).lines).toEqual([{ read: true, typing: true }])
  expect((await bob.json('tell', 'read', 'off')).lines).toEqual([{ read: false, typing: true }])
  expect((await bob.say('en', 'tell')).out).toContain(en.says.marks.readMarks.off)
  await alice.json('send', '@bob', 'До шести.')
  await bob.json('read', '@alice')
  await bob.json('send', '@alice', 'Приду.')
  await alice.json('read', '@bob')
  expect(await stateOf(bob, '@alice')).toBe('delivered')
  const own = (await alice.json('history', '@bob')).lines.filter(({ from }) => from === 'alice')
  expect(own.map(({ state }) => state)).toEqual(['read', 'delivered'])
  expect((await bob.json('tell', 'read')).code).toBe(exitCode.wrongUse)
  await bob.json('tell', 'read', 'on')
})

test('M20 who listens hears that it was delivered and read, as it happens', async () => {
  const terminal = alice.terminal()
  const listening = main(['listen', '--json', '--count', '1', '--timeout', '120'], terminal)
  await expect.poll(() => terminal.err, { timeout: 60_000 }).toContain('connected')
  await alice.json('send', '@bob', 'Вы дома?')
  await bob.json('read', '@alice')
  await bob.json('send', '@alice', 'Дома.')
  expect(await listening).toBe(exitCode.done)
  const heard = terminal.lines.map(({ type, from }) => `${type} ${from}`)
  expect(heard).toEqual(expect.arrayContaining(['delivered bob', 'read bob', 'message bob']))
})
