/** The screen as people use it: the real program in a real terminal, driven by keys. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  freePort,
  keys,
  PseudoTerminal,
  ServerProcess,
  VECHE,
  veche,
  vecheOk,
  vecheRegister,
} from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCode } from '../exit-code.ts'

let folder: string
let server: ServerProcess
/** Profiles of two people who know each other. */
let vera: string
let boris: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
  vera = join(folder, 'vera')
  boris = join(folder, 'boris')
  server = await ServerProcess.start({
    data: join(folder, 'data'),
    port: await freePort(),
    env: {
      VECHE_ACCOUNT_RATE: '0',
      VECHE_ADDRESS_RATE: '0',
      VECHE_ATTEMPT_RATE: '0',
    },
  })
  await register(vera, 'vera', 'Вера Петрова', server.administratorCode)
  const { code } = await vecheOk(vera, ['admin', 'invite', 'create'])
  await register(boris, 'boris', 'Борис', String(code))
  await vecheOk(vera, ['request', '@boris'])
  await vecheOk(boris, ['requests', 'allow', '@vera'])
  await vecheOk(vera, ['chats'])
})

afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function register(profile: string, handle: string, name: string, code: string): Promise<void> {
  await vecheRegister(profile, {
    handle,
    name,
    code,
    server: server.url,
    password: `the password of ${handle}`,
  })
}

function screenOf(profile: string, language = 'en', size = {}): Promise<PseudoTerminal> {
  const env = { VECHE_LANG: language }
  return PseudoTerminal.start([process.execPath, VECHE, '--profile', profile], { ...size, env })
}

test('M14 M17 two people write to each other, 80×24, in two languages', async () => {
  await using hers = await screenOf(vera, 'ru')
  await using his = await screenOf(boris, 'en')
  await hers.waitFor('Борис')
  await his.waitFor('Вера Петрова')
  await hers.waitFor('на связи')
  await his.waitFor('connected')

  hers.type(keys.enter)
  hers.type('Рассада готова')
  hers.type(keys.altEnter)
  hers.type('приходите')
  await hers.waitFor('приходите')
  hers.type(keys.enter)
  await hers.waitFor(/Вы {2}Рассада готова +\d\d:\d\d ✓/)

  await his.waitFor(/прихо\S+ 1 /)
  his.type(keys.enter)
  await his.waitFor(/Вера Петрова {2}Рассада готова/)
  await his.waitFor('─ new ─')
  await his.waitFor((text) => !/прихо\S+ 1 /.test(text))
  his.type('At five 🌱, e\u0301tude')
  his.type(keys.enter)
  await hers.waitFor(/Борис {2}At five 🌱/)
})

test('what is pasted keeps its line breaks and is not sent; C12 control sequences reach no terminal', async () => {
  await using hers = await screenOf(vera)
  await hers.waitFor('connected')
  hers.type(keys.enter)
  await hers.waitFor('› Message')
  hers.type(keys.paste('one\r\ntwo\rthree'))
  await hers.waitFor(/› one\s+│\s+two|two/)
  await hers.waitFor('three')
  expect(hers.text()).not.toContain('You  one')
  hers.type(keys.enter)
  await hers.waitFor(/You {2}one/)

  const attack = '\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31mred\u{202e}txt'
  await vecheOk(boris, ['send', '@vera', attack])
  await hers.waitFor('redtxt')
  expect(hers.output).not.toContain('owned\u{7}')
  expect(hers.output).not.toContain('\u{9b}')
  expect(hers.output).not.toContain('\u{202e}')
})

test('the other commands go on working while the screen is open, and a second screen says who has the profile', async () => {
  await using hers = await screenOf(vera)
  await hers.waitFor('connected')
  hers.type(keys.enter)
  await hers.waitFor('› Message')
  await vecheOk(vera, ['send', '@boris', 'from a script'])
  await hers.waitFor(/You {2}from a script +\d\d:\d\d ✓/)

  await using second = await screenOf(vera)
  expect(await second.ended).toBe(exitCode.profile)
  expect(second.text()).toContain('Another veche has this profile open')
  hers.type(keys.ctrl('c'))
  expect(await hers.ended).toBe(exitCode.done)
  expect((await veche(vera, ['whoami'])).code).toBe(exitCode.done)
})

test('the window may be pulled to any size, and back', async () => {
  await using hers = await screenOf(vera)
  await hers.waitFor('connected')
  hers.type(keys.enter)
  await hers.waitFor('› Message')
  await hers.resize(120, 40)
  await hers.waitFor((text) => text.split('\n')[39]?.includes('connected') ?? false)
  expect(hers.text()).toContain('Private chats')
  await hers.resize(46, 20)
  await hers.waitFor((text) => !text.includes('Private chats') && text.includes('from a script'))
  await hers.resize(20, 5)
  await hers.waitFor((text) => text.trim().startsWith('Please make'))
  await hers.resize(80, 24)
  await hers.waitFor((text) => text.split('\n')[23]?.includes('connected') ?? false)
  expect(hers.text()).toContain('Private chats')
})

test.each(['SIGTERM', 'SIGHUP'] as const)('%s leaves the terminal as it was', async (signal) => {
  await using hers = await screenOf(vera)
  await hers.waitFor('connected')
  expect(hers.emulator.buffer.active.type).toBe('alternate')
  await hers.signal(signal)
  await hers.ended
  expect(hers.emulator.buffer.active.type).toBe('normal')
  expect(hers.output.lastIndexOf('\u{1b}[?7h')).toBeGreaterThan(hers.output.lastIndexOf('\u{1b}[?7l'))
  expect(hers.output.lastIndexOf('\u{1b}[?2004l')).toBeGreaterThan(hers.output.lastIndexOf('\u{1b}[?2004h'))
  expect(hers.output.lastIndexOf('\u{1b}[?25h')).toBeGreaterThan(hers.output.lastIndexOf('\u{1b}[?25l'))
})
