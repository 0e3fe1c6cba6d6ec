/** The commands that run the server and speak of it. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { services, settingsOf } from '@veche/app-server'
import { expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import { main } from './main.ts'
import { TestTerminal } from './testing/test-terminal.ts'
import { en } from './words/en.ts'
import { ru } from './words/ru.ts'

test('serve --help lists every setting that is declared, with its default', async () => {
  const terminal = new TestTerminal()
  expect(await main(['serve', '--help'], terminal)).toBe(exitCode.done)
  const help = terminal.out.replace(/\s+/g, ' ')
  for (const { env, description, defaultText, choices } of settingsOf(services)) {
    expect(help).toContain(`${env} ${description}`.replace(/\s+/g, ' '))
    if (defaultText !== undefined) expect(help).toContain(`default ${defaultText}`)
    if (choices !== undefined) expect(help).toContain(choices.join(', '))
  }
})

test('every setting is described in Russian', async () => {
  const terminal = new TestTerminal({ env: { VECHE_LANG: 'ru' } })
  await main(['serve', '--help'], terminal)
  const help = terminal.out.replace(/\s+/g, ' ')
  for (const { env } of settingsOf(services)) {
    const text = new Map(Object.entries(ru.settings)).get(env)
    expect(text, `words/ru.ts: settings.${env}`).toBeDefined()
    expect(help).toContain(`${env} ${text}`)
  }
  expect(Object.keys(ru.settings).sort()).toEqual(
    settingsOf(services)
      .map(({ env }) => env)
      .sort(),
  )
})

test('a wrong setting ends the server with 2 and its name', async () => {
  const terminal = new TestTerminal({ env: { VECHE_PORT: 'many' } })
  expect(await main(['serve'], terminal)).toBe(exitCode.wrongUse)
  expect(terminal.err).toContain('VECHE_PORT')
  expect(terminal.out).toBe('')
})

test('keys: where there is no server’s data, or its settings are wrong, one line says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'veche-keys-'))
  for (const [env, words] of [
    [{ VECHE_DATA: folder }, 'no server’s data here'],
    [{ VECHE_DATA: folder, VECHE_PORT: 'many' }, 'VECHE_PORT'],
  ] as const) {
    for (const command of [['keys'], ['keys', 'rotate', '--data'], ['keys', 'retire']]) {
      const terminal = new TestTerminal({ env })
      expect(await main(['admin', ...command], terminal)).toBe(exitCode.wrongUse)
      expect(terminal.err).toContain(words)
      expect(terminal.out).toBe('')
    }
  }
  await rm(folder, { recursive: true })
})

test('M28 services are listed with what each needs', async () => {
  const terminal = new TestTerminal()
  await main(['services', '--json'], terminal)
  expect(terminal.lines).toContainEqual({ service: 'chats', needs: ['accounts'] })
  const reader = new TestTerminal({ env: { VECHE_LANG: 'ru' } })
  await main(['services'], reader)
  expect(reader.out).toMatch(
    /^accounts +нужно: PostgreSQL +аккаунты[^\n]*\nchats +нужно: PostgreSQL, accounts +личные чаты[^\n]*\n/,
  )
})

test('M28 every service says in both languages what it is for', () => {
  for (const words of [en, ru]) {
    for (const { name } of services) expect(words.services).toHaveProperty(name)
  }
})

test('M28 a part of the services that does not hold together ends with 2, before anything is made', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'veche-part-'))
  for (const [named, words] of [
    ['chats', 'chats needs accounts'],
    ['chat,accounts', 'there is no service "chat"'],
    [' ', '--services'],
  ] as const) {
    const terminal = new TestTerminal({ env: { VECHE_DATA: join(folder, 'data') } })
    expect(await main(['serve', '--services', named], terminal)).toBe(exitCode.wrongUse)
    expect(terminal.err).toContain(words)
  }
  expect(await readdir(folder)).toEqual([])
  await rm(folder, { recursive: true })
})
