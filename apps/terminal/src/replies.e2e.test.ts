/** Answers and names by the commands, in this process, against a real server. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, ServerProcess } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import { Person } from './testing/person.ts'
import { en } from './words/en.ts'
import { ru } from './words/ru.ts'

let folder: string
let server: ServerProcess
let alice: Person
let bob: Person

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
  server = await ServerProcess.start({ data: join(folder, 'data'), port: await freePort() })
  alice = await Person.create('alice')
  bob = await Person.create('bob')
  await alice.register(server.url, '--invite', server.administratorCode)
  const { lines } = await alice.json('admin', 'invite', 'create')
  await bob.register(server.url, '--invite', String(lines[0]!.code))
  await bob.json('policy', 'allowed')
  await alice.json('group', 'create', 'Огород')
  await alice.json('group', 'add', 'Огород', '@bob')
  await bob.json('chats')
})

afterAll(async () => {
  await server?.stop()
  for (const person of [alice, bob]) await person?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

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
