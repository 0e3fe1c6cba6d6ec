/** Export and import of the local history, as people do it, against a real server. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { until, VECHE, veche } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import { main } from './main.ts'
import { openChat, Person } from './testing/person.ts'
import { TestServer } from './testing/test-server.ts'
import { en } from './words/en.ts'
import { ru } from './words/ru.ts'

const PHRASE = 'lantern on the olive harbour'
let server: TestServer
let alice: Person
let bob: Person
let phraseFile: string
let exported: string

beforeAll(async () => {
  server = await TestServer.start()
  ;[alice, bob] = await server.welcome('alice', 'bob')
  await openChat(alice, bob)
  phraseFile = join(server.folder, 'phrase')
  exported = join(server.folder, 'veche.history')
  await writeFile(phraseFile, `${PHRASE}\n`)
  await bob.json('chats')
  // A new device is to have what was before from the file alone.
  await bob.json('keep', '@alice', 'server', 'off', '--yes')
  for (const text of ['first', 'второе']) await alice.json('send', '@bob', text)
  await bob.json('send', '@alice', 'third')
  await alice.json('history', '@bob')
})
afterAll(() => server?.[Symbol.asyncDispose]())

const reasonIn = (err: string) => JSON.parse(err.trim().split('\n').at(-1)!).error.reason
const textsOf = (lines: readonly Record<string, unknown>[]) => lines.map(({ text }) => text)

async function at(person: Person, secrets: readonly string[], language: string, ...args: readonly string[]) {
  const terminal = person.terminal({ secrets, env: { VECHE_LANG: language } })
  return {
    code: await main(args, terminal),
    out: terminal.out,
    err: terminal.err,
    questions: terminal.questions,
  }
}

test('M16 a weak, a mistyped or no passphrase writes nothing', async () => {
  for (const [secrets, words] of [
    [['short'], en.failures.weak_passphrase('').split(':')[0]!],
    [[PHRASE, `${PHRASE}!`], en.failures.passphrase_mismatch()],
    [[], en.failures.no_file_passphrase()],
  ] as const) {
    const { code, err } = await at(alice, secrets, 'en', 'history', 'export', exported)
    expect([code, err]).toEqual([exitCode.wrongUse, expect.stringContaining(words)])
  }
  const noFile = await alice.json('history', 'export', exported, '--passphrase-file', `${phraseFile}.none`)
  expect(reasonIn(noFile.err)).toBe('passphrase_file')
  expect(await readdir(server.folder)).not.toContain('veche.history')
})

test('M16 the history is written to a file that only its owner may read, and that replaces none unasked', async () => {
  const given = await at(alice, [PHRASE, PHRASE], 'en', 'history', 'export', exported)
  expect(given).toMatchObject({ code: exitCode.done, err: '' })
  expect(given.out).toBe(`${en.says.historyExported('3 messages', exported)}\n`)
  expect(given.questions).toEqual([en.prompts.newFilePassphrase, en.prompts.newPassphraseAgain])
  expect((await stat(exported)).mode & 0o777).toBe(0o600)
  const before = await readFile(exported)
  expect(before.includes('first')).toBe(false)

  const again = await alice.json('history', 'export', exported, '--passphrase-file', phraseFile)
  expect([again.code, reasonIn(again.err)]).toEqual([exitCode.wrongUse, 'export_exists'])
  expect(await readFile(exported)).toEqual(before)
  const forced = await alice.json('history', 'export', exported, '--force', '--passphrase-file', phraseFile)
  expect(forced.lines).toEqual([{ file: exported, chats: 1, messages: 3, damaged: false }])
  expect(await readFile(exported)).not.toEqual(before)
  for (const file of [join(server.folder, 'no', 'where'), server.folder]) {
    const { code, err } = await alice.json(
      'history',
      'export',
      file,
      '--force',
      '--passphrase-file',
      phraseFile,
    )
    expect([code, reasonIn(err)]).toEqual([exitCode.wrongUse, 'export_file'])
  }
  expect((await readdir(server.folder)).filter((name) => name.endsWith('.part'))).toEqual([])
})

test('F16 M16 an export that is killed leaves the old file or the new one, never a part', async () => {
  const file = join(server.folder, 'killed.history')
  const args = ['history', 'export', file, '--force', '--passphrase-file', phraseFile]
  let old = 'none'
  for (const delayMs of [1200, 1000, 800, 600, 400, 200]) {
    const running = spawn(process.execPath, [VECHE, '--profile', alice.profile, ...args], { stdio: 'ignore' })
    const ended = once(running, 'exit')
    await Promise.race([ended, sleep(delayMs)])
    running.kill('SIGKILL')
    await ended
    const now = await readFile(file, 'base64').catch(() => 'none')
    if (now === old) continue
    const whole = await alice.json('history', 'import', file, '--passphrase-file', phraseFile)
    expect([whole.code, whole.lines[0]?.messages]).toEqual([exitCode.done, 0])
    old = now
  }
  expect((await alice.json(...args)).lines).toMatchObject([{ messages: 3 }])
}, 120_000)

test('M16 what cannot be taken is told in words, and takes nothing', async () => {
  const notOne = join(server.folder, 'not-one')
  await writeFile(notOne, 'a letter')
  const other = join(server.folder, 'other-phrase')
  await writeFile(other, 'another phrase altogether\n')
  for (const [person, file, phrase, reason] of [
    [alice, notOne, phraseFile, 'import_damaged'],
    [alice, exported, other, 'import_wrong_passphrase'],
    [bob, exported, phraseFile, 'import_other_account'],
    [alice, join(server.folder, 'absent'), phraseFile, 'import_file'],
    [alice, server.folder, phraseFile, 'import_file'],
  ] as const) {
    const { code, err, out } = await person.json('history', 'import', file, '--passphrase-file', phrase)
    expect([reason, code, reasonIn(err), out]).toEqual([reason, exitCode.wrongUse, reason, ''])
  }
  const { err } = await at(alice, ['another phrase altogether'], 'ru', 'history', 'import', exported)
  expect(err).toBe(`${ru.failures.import_wrong_passphrase(exported)}\n`)
})

test('M16 a new device is given the old messages, which are no news, and a second time changes nothing', async () => {
  const fresh = await Person.create('alice')
  try {
    const login = [
      'login',
      '--handle',
      'alice',
      '--password-file',
      alice.passwordFile,
      '--server',
      server.url,
    ]
    expect((await fresh.json(...login, '--replace')).code).toBe(exitCode.done)
    const early = await at(fresh, [PHRASE], 'ru', 'history', 'import', exported)
    expect(early).toMatchObject({ code: exitCode.done, questions: [ru.prompts.filePassphrase] })
    expect(early.out).toBe(`${ru.says.chatNotHere('BOB (@bob)')}\n`)
    await until(async () => {
      await bob.json('chats')
      return (await fresh.json('chats')).lines.length > 0
    })
    await bob.json('send', '@alice', 'fourth')
    await fresh.json('chats')

    const taken = await fresh.json('history', 'import', exported, '--passphrase-file', phraseFile)
    expect(taken.lines).toMatchObject([
      { messages: 3, chats: [{ handle: 'bob', name: 'BOB', kind: 'merged', messages: 3, added: 3 }] },
    ])
    expect((await fresh.json('chats')).lines).toMatchObject([{ unread: 1 }])
    const heard = await fresh.json('listen', '--count', '1', '--timeout', '30s')
    expect(textsOf(heard.lines)).toEqual(['fourth'])
    const all = await fresh.json('history', '@bob')
    const messages = all.lines.filter(({ type }) => type === 'message')
    expect(textsOf(messages)).toEqual(['first', 'второе', 'third', 'fourth'])
    expect(textsOf((await fresh.json('search', 'ВТОРОЕ')).lines)).toEqual(['второе'])
    const again = await at(fresh, [PHRASE], 'en', 'history', 'import', exported)
    expect(again.out).toBe(`${en.says.historyImportedNothing}\n`)
  } finally {
    await fresh[Symbol.asyncDispose]()
  }
})

test('M16 both work while another process has the profile, which is handed the passphrase', async () => {
  const listening = bob.terminal()
  const listened = main(['listen', '--json'], listening)
  await until(async () => listening.err.includes('connected'))
  const file = join(server.folder, 'bob.history')
  const phrase = ['--passphrase-file', phraseFile]
  const out = await veche(bob.profile, ['history', 'export', file, ...phrase])
  expect([out.code, out.lines]).toMatchObject([exitCode.done, [{ file, chats: 1, messages: 4 }]])
  const back = await veche(bob.profile, ['history', 'import', file, ...phrase])
  expect([back.code, back.lines]).toMatchObject([exitCode.done, [{ messages: 0 }]])
  const present = await veche(bob.profile, ['history', 'export', file, ...phrase])
  expect(reasonIn(present.stderr)).toBe('export_exists')
  listening.interrupt()
  expect(await listened).toBe(exitCode.interrupted)
}, 120_000)
