/** Signing out and in again, by the commands, against a real server. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import { main } from './main.ts'
import { Person } from './testing/person.ts'
import { TestServer } from './testing/test-server.ts'
import { ru } from './words/ru.ts'

let server: TestServer
let alice: Person
let bob: Person

beforeAll(async () => {
  server = await TestServer.start()
  ;[alice, bob] = await server.welcome('alice', 'bob')
  await alice.json('policy', 'allowed')
  await bob.json('request', '@alice')
  await alice.json('send', '@bob', 'before')
})
afterAll(() => server?.[Symbol.asyncDispose]())

const reasonOf = ({ err }: { err: string }) => JSON.parse(err).error.reason
const signIn = (...more: string[]) =>
  alice.json(
    'login',
    '--server',
    server.url,
    '--handle',
    'alice',
    '--password-file',
    alice.passwordFile,
    ...more,
  )
const textsOf = async (person: Person, chat: string) =>
  (await person.json('history', chat)).lines.filter(({ type }) => type === 'message').map(({ text }) => text)

/** Everybody is connected for a moment, until the new device is in the chat. */
async function rejoin(): Promise<void> {
  while ((await alice.json('chats')).lines.length === 0) await bob.json('chats')
}

test('what becomes of the history has to be said', async () => {
  const unsaid = await alice.json('logout')
  expect([unsaid.code, reasonOf(unsaid)]).toEqual([exitCode.wrongUse, 'keep_or_erase'])
  expect(reasonOf(await alice.json('logout', '--erase', '--keep-history'))).toBe('keep_or_erase')
  expect((await alice.json('chats')).lines).toHaveLength(1)
})

test('who is asked and keeps the history has it again after signing in', async () => {
  const terminal = alice.terminal({ env: { VECHE_LANG: 'ru' }, answers: ['Оставить'] })
  const code = await main(['logout'], terminal)
  expect([code, terminal.err]).toEqual([exitCode.done, ''])
  expect(terminal.out).toBe(`${ru.says.historyKept}\n`)
  expect(reasonOf(await alice.json('chats'))).toBe('not_registered')

  await using stranger = await Person.create('bob')
  const options = ['--handle', 'bob', '--password-file', stranger.passwordFile, '--profile', alice.profile]
  expect(reasonOf(await stranger.json('login', '--server', server.url, ...options))).toBe('other_account')

  expect((await signIn()).code).toBe(exitCode.done)
  const { out, err } = await alice.say('en', 'chats')
  expect(out).toBe('')
  expect(err).toContain('(@bob)')
  await rejoin()
  await bob.json('send', '@alice', 'after')
  expect(await textsOf(alice, '@bob')).toEqual(['before', 'after'])
})

test('erased is erased, and without the server only where that is said', async () => {
  // What the server keeps would come back to a new device (M15).
  await alice.json('keep', '@bob', 'server', 'off', '--yes')
  for (const person of [bob, alice]) await person.json('chats')
  await server.stop()
  const offline = await alice.json('logout', '--erase')
  expect([offline.code, reasonOf(offline)]).toEqual([exitCode.unreachable, 'logout_unreachable'])
  expect(await textsOf(alice, '@bob')).toEqual(['before', 'after'])
  const { lines } = await alice.json('logout', '--erase', '--local-only')
  expect(lines).toEqual([{ historyKept: false, serverTold: false }])
  await server.startAgain()

  expect((await signIn('--replace')).code).toBe(exitCode.done)
  expect((await alice.json('device', 'list')).lines).toMatchObject([{ current: true }])
  await rejoin()
  expect(await textsOf(alice, '@bob')).toEqual([])
  await alice.json('send', '@bob', 'anew')
  expect(await textsOf(bob, '@alice')).toEqual(['before', 'after', 'anew'])
})
