import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPassword } from './password.ts'
import { TestTerminal } from './testing/test-terminal.ts'
import { en } from './words/en.ts'

let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
  file = join(folder, 'password')
})

afterEach(() => rm(folder, { recursive: true, force: true }))

test.each([
  ['олива гавань', 'олива гавань'],
  ['first\nsecond\n', 'first'],
  ['windows\r\n', 'windows'],
  [' spaces count \n', ' spaces count '],
])('the first line of a file: %j', async (content, password) => {
  await writeFile(file, content)
  expect(await readPassword({ passwordFile: file }, true, new TestTerminal(), en)).toBe(password)
})

test.each(['', '\nsecond'])('an empty first line is refused: %j', async (content) => {
  await writeFile(file, content)
  await expect(readPassword({ passwordFile: file }, true, new TestTerminal(), en)).rejects.toMatchObject({
    reason: 'password_file',
    subject: file,
    code: 2,
  })
})

test('a file that is not there is refused', async () => {
  await expect(readPassword({ passwordFile: file }, false, new TestTerminal(), en)).rejects.toMatchObject({
    reason: 'password_file',
  })
})

test('a new password is asked for twice', async () => {
  const terminal = new TestTerminal({ secrets: ['one', 'one'] })
  expect(await readPassword({}, true, terminal, en)).toBe('one')
  expect(terminal.questions).toEqual([en.prompts.password, en.prompts.passwordAgain])
  const careless = new TestTerminal({ secrets: ['one', 'two'] })
  await expect(readPassword({}, true, careless, en)).rejects.toMatchObject({ reason: 'password_mismatch' })
})

test('a known password is asked for once; nobody there is wrong use', async () => {
  const terminal = new TestTerminal({ secrets: ['one'] })
  expect(await readPassword({}, false, terminal, en)).toBe('one')
  await expect(readPassword({}, false, new TestTerminal(), en)).rejects.toMatchObject({
    reason: 'no_password',
  })
})

test('Ctrl-C at the prompt is an interruption, not a missing password', async () => {
  const terminal = new TestTerminal()
  terminal.interrupt()
  await expect(readPassword({}, false, terminal, en)).rejects.toMatchObject({
    reason: 'interrupted',
    code: 130,
  })
})
