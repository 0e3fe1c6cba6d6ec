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

test('M14 what is not there is not answered', async () => {
  for (const which of ['99', 'nothing', 'a'.repeat(26)]) {
    const { code, err } = await bob.json('reply', 'Огород', which, 'Что?')
    expect(code).toBe(exitCode.wrongUse)
    expect(JSON.parse(err).error).toMatchObject({ reason: 'message_unknown' })
  }
  expect((await bob.json('history', 'Огород')).lines).toHaveLength(7)
})
