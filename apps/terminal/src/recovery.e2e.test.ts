/** The recovery sheet and the password, by the commands against a real server: what they print, ask, write and refuse. */
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import { main } from './main.ts'
import { Person } from './testing/person.ts'
import { TestServer } from './testing/test-server.ts'
import { en } from './words/en.ts'
import { ru } from './words/ru.ts'

const WORDS = /^(\S+ ){11}\S+$/
const id = (characters: number) => expect.stringMatching(new RegExp(`^[a-z2-7]{${characters}}$`))

let server: TestServer
let alice: Person
let later: Person
beforeAll(async () => {
  server = await TestServer.start()
  alice = await server.person('alice')
  later = await server.person('alice')
})
afterAll(() => server?.[Symbol.asyncDispose]())

const inFolder = (name: string) => join(server.folder, name)
const reasonOf = ({ err }: { err: string }) => JSON.parse(err).error.reason

async function passwordFile(name: string, password: string): Promise<string> {
  await writeFile(inFolder(name), `${password}\n`)
  return inFolder(name)
}

test('register writes the sheet to a file that is its owner’s alone, and never over another', async () => {
  const path = inFolder('sheet.txt')
  await writeFile(path, 'mine')
  const invite = ['--invite', server.administratorCode]
  const refused = await alice.register(server.url, ...invite, '--sheet', path)
  expect(refused.code).toBe(exitCode.wrongUse)
  expect(reasonOf(refused)).toBe('sheet_exists')
  expect((await alice.json('whoami')).code).toBe(exitCode.wrongUse)
  await rm(path)
  const { lines } = await alice.register(server.url, ...invite, '--sheet', path)
  expect(lines).toMatchObject([{ handle: 'alice', sheet: path }])
  expect(lines[0]).not.toHaveProperty('recovery')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readFile(path, 'utf8')).toContain(`:alice@${server.url}`)
  const again = await alice.json('recovery-sheet')
  expect([again.code, reasonOf(again)]).toEqual([exitCode.wrongUse, 'sheet_seen'])
})

test('a sheet that could not be written is kept until it was shown', async () => {
  const path = join(server.folder, 'no', 'such', 'folder')
  const made = await alice.json(
    'recovery-sheet',
    '--new',
    '--password-file',
    alice.passwordFile,
    '--sheet',
    path,
  )
  expect(reasonOf(made)).toBe('sheet_file')
  expect((await alice.json('whoami')).lines).toMatchObject([{ sheetUnseen: true }])
  expect((await alice.say('ru', 'whoami')).out).toContain(ru.says.sheetUnseen)
  await rm(inFolder('sheet.txt'))
  const { code, lines } = await alice.json('recovery-sheet', '--sheet', inFolder('sheet.txt'))
  expect([code, lines]).toEqual([exitCode.done, [expect.objectContaining({ sheet: inFolder('sheet.txt') })]])
  expect((await alice.json('whoami')).lines[0]).not.toHaveProperty('sheetUnseen')
})

test('the password is asked for, three times, and changed', async () => {
  const next = 'a wholly new password'
  const terminal = alice.terminal({
    secrets: ['the password of alice', next, next],
    env: { VECHE_LANG: 'ru' },
  })
  expect(await main(['password'], terminal)).toBe(exitCode.done)
  expect(terminal.questions).toEqual([ru.prompts.password, ru.prompts.newPassword, ru.prompts.passwordAgain])
  expect(terminal.out).toBe(`${ru.says.passwordChanged}\n`)
  const weak = await passwordFile('weak', 'password')
  const old = await passwordFile('old', next)
  const files = (now: string, then: string) => ['--password-file', now, '--new-password-file', then]
  expect(reasonOf(await alice.json('password', ...files(old, weak)))).toBe('weak_password')
  expect(reasonOf(await alice.json('password', ...files(old, old)))).toBe('same_password')
  expect(
    reasonOf(
      await alice.json('password', ...files(alice.passwordFile, await passwordFile('x', 'yet another one'))),
    ),
  ).toBe('login_failed')
  expect((await alice.json('password', ...files(old, alice.passwordFile))).lines).toEqual([
    { account: id(52), handle: 'alice', changed: true },
  ])
})

test('recover takes the account back on another device, and ends the one before', async () => {
  const sheet = inFolder('sheet.txt')
  const password = await passwordFile('recovered', 'the recovered password')
  const renewed = inFolder('new-sheet.txt')
  const argv = ['recover', '--sheet', sheet, '--password-file', password, '--new-sheet', renewed]
  const { code, lines, err } = await later.json(...argv)
  expect({ code, err }).toEqual({ code: exitCode.done, err: '' })
  const [was] = (await alice.json('whoami')).lines
  expect(lines).toEqual([{ ...was, device: id(26), resumed: false, sheet: renewed }])
  expect(lines[0]!.device).not.toBe(was!.device)
  expect((await alice.json('device', 'list')).code).toBe(exitCode.refused)
  expect((await later.json('device', 'list')).lines).toMatchObject([{ current: true }])
  expect(reasonOf(await later.json(...argv.slice(0, -2)))).toBe('already_registered')
  await using stranger = await Person.create('stranger')
  expect(reasonOf(await stranger.json(...argv.slice(0, -2)))).toBe('recovery_failed')
})

test('the words may be typed; what is none says so, and goes to no server', async () => {
  const made = await later.json('recovery-sheet', '--new', '--password-file', inFolder('recovered'))
  expect(made.lines).toEqual([{ account: id(52), handle: 'alice', recovery: expect.stringMatching(WORDS) }])
  const words = String(made.lines[0]!.recovery)
  await using again = await Person.create('again')
  const line = ['recover', '--handle', '@alice', '--server', server.url]
  const nobody = again.terminal()
  expect(await main(line, nobody)).toBe(exitCode.wrongUse)
  expect(nobody.err).toBe(`${en.failures.no_recovery_code()}\n`)
  const misspelt = again.terminal({ secrets: [words.replace(' ', ' x')] })
  expect(await main(line, misspelt)).toBe(exitCode.wrongUse)
  expect(misspelt.err).toBe(`${en.failures.code_unreadable()}\n`)
  expect(reasonOf(await again.json('recover', '--code-file', await passwordFile('words', words)))).toBe(
    'missing_option',
  )
  const password = 'typed in the terminal'
  const terminal = again.terminal({ secrets: [words.toUpperCase(), password, password] })
  expect(await main([...line, '--new-sheet'], terminal)).toBe(exitCode.done)
  expect(terminal.questions).toEqual([
    en.prompts.recoveryCode,
    en.prompts.newPassword,
    en.prompts.passwordAgain,
  ])
  expect(terminal.out).toContain(en.says.recovered('alice'))
  expect(terminal.out).toMatch(/█▀▀▀▀▀█/)
  const [shown] = terminal.out.match(/ 1 \S+ .* 12 \S+$/ms) ?? ['']
  const newWords = shown
    .split(/\s+/)
    .filter((word) => /^[a-z]+$/.test(word))
    .join(' ')
  const forgotten = ['password', '--code-file', await passwordFile('new-words', newWords)]
  const changed = await again.json(...forgotten, '--new-password-file', inFolder('recovered'))
  expect(changed.lines).toMatchObject([{ changed: true }])
})
