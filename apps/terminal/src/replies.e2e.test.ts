/** Answers and names by the commands, in this process, against a real server. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import type { Person } from './testing/person.ts'
import { TestServer } from './testing/test-server.ts'
import { en } from './words/en.ts'
import { ru } from './words/ru.ts'

let server: TestServer
let alice: Person
let bob: Person

beforeAll(async () => {
  server = await TestServer.start()
  ;[alice, bob] = await server.welcome('alice', 'bob')
  await bob.json('policy', 'allowed')
  await alice.json('group', 'create', 'Огород')
  await alice.json('group', 'add', 'Огород', '@bob')
  await bob.json('chats')
})
afterAll(() => server?.[Symbol.asyncDispose]())

test('M14 a message of another is answered, by its number, its id or as the last', async () => {
  const { lines: asked } = await alice.json('send', 'Огород', 'Кто польёт?')
  const { id, seq } = asked[0]!
  await bob.json('history', 'Огород')
  for (const which of ['last', String(seq), `#${seq}`, String(id)]) {
    const { code } = await bob.json('reply', 'Огород', which, `Я: ${which}`)
    expect(code).toBe(exitCode.done)
  }
  const { lines } = await alice.json('history', 'Огород')
  const { account } = (await alice.json('whoami')).lines[0]!
  expect(lines.slice(1)).toMatchObject(Array(4).fill({ from: 'bob', replyTo: id, mentions: [account] }))
  const shown = (await alice.say('ru', 'history', 'Огород', '--numbers')).out
  expect(shown).toContain(`#${seq}`)
  expect(shown).toContain(`(@bob): ${ru.says.answersYou('Кто польёт?')}\n`)
  expect(shown).toMatch(/\n {14}Я: last\n/)
})

test('M14 who is named is told in the list of chats, until it was shown', async () => {
  await alice.json('send', 'Огород', 'Спасибо, @bob')
  await alice.json('send', 'Огород', 'До завтра')
  await bob.json('whoami')
  const marks = async () =>
    (await bob.json('chats')).lines.map(({ unread, mentioned }) => [unread, mentioned])
  expect(await marks()).toEqual([[2, 1]])
  expect((await bob.say('en', 'chats')).out).toContain(`2 new, ${en.says.youAreNamed}`)
  await bob.json('history', 'Огород')
  expect(await marks()).toEqual([[0, 0]])
})

test('M14 M20 the last one is the newest there is, also one that was not shown; who answers has read up to it', async () => {
  const unread = async (person: Person) => (await person.json('chats')).lines.map((chat) => chat.unread)
  await alice.json('send', 'Огород', 'Первое')
  const { id } = (await alice.json('send', 'Огород', 'Второе')).lines[0]!
  expect((await bob.json('reply', 'Огород', 'last', 'На второе')).code).toBe(exitCode.done)
  expect(await unread(bob)).toEqual([0])
  const { lines } = await alice.json('history', 'Огород')
  expect(lines.at(-1)).toMatchObject({ text: 'На второе', replyTo: id })
  // What came after the answered one stays unread, and the mark tells who wrote it.
  const older = (await alice.json('send', 'Огород', 'Третье')).lines[0]!
  await alice.json('send', 'Огород', 'Четвёртое')
  await bob.json('reply', 'Огород', String(older.seq), 'На третье')
  expect(await unread(bob)).toEqual([1])
  const readers = async (seq: unknown) =>
    (await alice.json('readers', 'Огород', String(seq))).lines.map(({ handle }) => handle)
  await expect.poll(() => readers(older.seq), { timeout: 60_000 }).toEqual(['bob'])
  // Who shows nobody what they have read counts it for themselves alone.
  await bob.json('tell', 'read', 'off')
  const fifth = (await alice.json('send', 'Огород', 'Пятое')).lines[0]!
  await bob.json('reply', 'Огород', 'last', 'На пятое')
  expect(await unread(bob)).toEqual([0])
  await alice.json('chats')
  expect(await readers(fifth.seq)).toEqual([])
})

test('M14 what is not there is not answered', async () => {
  for (const which of ['99', 'nothing', 'a'.repeat(26)]) {
    const { code, err } = await bob.json('reply', 'Огород', which, 'Что?')
    expect(code).toBe(exitCode.wrongUse)
    expect(JSON.parse(err).error).toMatchObject({ reason: 'message_unknown' })
  }
  expect((await bob.json('history', 'Огород')).lines).toHaveLength(15)
})
