/** The screen as people use it: the real program in a real terminal, driven by keys. */
import { join } from 'node:path'
import { keys, PseudoTerminal, VECHE, veche, vecheOk, vecheRegister } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCode } from '../exit-code.ts'
import { TestServer } from '../testing/test-server.ts'

let server: TestServer
/** Profiles of two people who know each other. */
let vera: string
let boris: string

beforeAll(async () => {
  server = await TestServer.start({
    VECHE_ACCOUNT_RATE: '0',
    VECHE_ADDRESS_RATE: '0',
    VECHE_ATTEMPT_RATE: '0',
  })
  vera = join(server.folder, 'vera')
  boris = join(server.folder, 'boris')
  await register(vera, 'vera', 'Вера Петрова', server.administratorCode)
  const { code } = await vecheOk(vera, ['admin', 'invite', 'create'])
  await register(boris, 'boris', 'Борис', String(code))
  await vecheOk(vera, ['request', '@boris'])
  await vecheOk(boris, ['requests', 'allow', '@vera'])
  await vecheOk(vera, ['chats'])
})

afterAll(() => server?.[Symbol.asyncDispose]())

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

test('M1 M9 M14 two people come from nothing to a verified chat, in two languages', async () => {
  await using hers = await screenOf(join(server.folder, 'olga'), 'ru')
  await using his = await screenOf(join(server.folder, 'ivan'), 'en')
  await makeAccount(hers, 'olga', 'Ольга')
  await hers.waitFor('Лист восстановления')
  expect(hers.text()).toMatch(/ 1 [a-z]+ +2 [a-z]+[\s\S]*12 [a-z]+/)
  hers.type(keys.enter)
  await hers.waitFor('на связи')
  await makeAccount(his, 'ivan', 'Иван')
  await his.waitFor('The recovery sheet')
  his.type(keys.enter)
  await his.waitFor('connected')

  his.type('n')
  await his.waitFor('Whom do you want to write to?')
  his.type('@olga\r')
  await his.waitFor('@olga is asked')
  await hers.waitFor('Иван (@ivan)')
  hers.type(keys.enter)
  await hers.waitFor(/Иван\s+│?[\s\S]*@ivan[\s\S]*хочет вам написать/)
  hers.type(keys.enter)
  await hers.waitFor('› Сообщение')
  hers.type('Добрый день\r')
  await hers.waitFor(/Добрый день +\d\d:\d\d ✓/)
  await his.waitFor('Добрый день')
  his.type(keys.escape)
  await his.waitFor((text) => !text.includes('is asked'))
  his.type(keys.enter)
  await his.waitFor('› Message')

  const numbers: string[] = []
  for (const terminal of [hers, his]) {
    terminal.type(keys.ctrl('g'))
    await terminal.waitFor(/(?:\d{5}\s+(?:│\s+)?){11}\d{5}/)
    numbers.push(terminal.text().match(/\d{5}/g)!.join(' '))
    terminal.type(keys.enter)
    await terminal.waitFor(/(Проверено: вы их|Verified: you have)/)
    terminal.type(keys.escape)
    await terminal.waitFor(/✓ (проверен|verified)/)
  }
  expect(numbers[0]).toBe(numbers[1])
})

async function makeAccount(terminal: PseudoTerminal, handle: string, name: string): Promise<void> {
  const { code } = await vecheOk(vera, ['admin', 'invite', 'create'])
  await terminal.waitFor('▸')
  terminal.type(keys.enter)
  await terminal.waitFor('›')
  terminal.type(`${server.url}/#code=${String(code)}\r`)
  terminal.type(`@${handle}\r`)
  terminal.type(`${name}\r`)
  terminal.type(keys.ctrl('g'))
  await terminal.waitFor(/› [a-z]+ [a-z]+ [a-z]+ [a-z]+ [a-z]+/)
  terminal.type(keys.enter)
  terminal.type(keys.enter)
  terminal.type(keys.enter)
  terminal.type(keys.enter)
}

test('M16 a device that is let in by a code has the account and what was written', async () => {
  await vecheOk(boris, ['send', '@vera', 'before the new device'])
  await using old = await screenOf(boris)
  await using fresh = await screenOf(join(server.folder, 'boris-2'))
  await old.waitFor('connected')
  old.type(keys.ctrl('o'))
  await old.waitFor('see them, add one, remove one')
  await choose(old, 'see them, add one, remove one')
  await old.waitFor('You are signed in here alone')
  await choose(old, 'Let a new device in')
  await old.waitFor('Your password')
  old.type('the password of boris\r')
  await old.waitFor(/veche-linking:[a-z2-7]{32}/)
  const [code] = old.text().match(/veche-linking:[a-z2-7]{32}/)!

  await fresh.waitFor('There is no account on this device yet')
  await choose(fresh, 'Sign in by a code')
  await fresh.waitFor('›')
  fresh.type(`${server.url}\r${code}\r\r`)
  await fresh.waitFor(/\d{3} \d{3}/)
  await old.waitFor(/\d{3} \d{3}/)
  const digitsOf = (terminal: PseudoTerminal) => terminal.text().match(/\d{3} \d{3}/)![0]
  expect(digitsOf(fresh)).toBe(digitsOf(old))
  await choose(old, 'The digits are the same', keys.up)
  await fresh.waitFor('connected')
  await fresh.waitFor('before the new device')
})

/** Goes to the row that begins with the text, and takes it. */
async function choose(terminal: PseudoTerminal, text: string, step: string = keys.down): Promise<void> {
  while (!new RegExp(`▸[ ●○]*${text}`).test(terminal.text())) {
    const before = terminal.text()
    terminal.type(step)
    await terminal.waitFor((after) => after !== before)
  }
  terminal.type(keys.enter)
}

test('what is wrong in the form is said beside it, and the form stays', async () => {
  await using hers = await screenOf(join(server.folder, 'nobody'))
  await hers.waitFor('There is no account on this device yet')
  hers.type(keys.enter)
  await hers.waitFor('›')
  hers.type('not an address\r')
  hers.type('vera\r\r')
  hers.type('short\r')
  hers.type('short\r')
  hers.type('\r\r')
  await hers.waitFor('This is not the address of a server')
  hers.type(keys.ctrl('u'))
  hers.type(server.url)
  for (let field = 0; field < 6; field++) hers.type(keys.down)
  hers.type(keys.enter)
  await hers.waitFor('too easy to guess')
  expect(hers.text()).not.toContain('short')
  hers.type(keys.ctrl('g'))
  await hers.waitFor(/› [a-z]+ [a-z]+ [a-z]+ [a-z]+ [a-z]+/)
  for (let field = 0; field < 3; field++) hers.type(keys.down)
  hers.type(keys.enter)
  await hers.waitFor('an invite link')
  hers.type(keys.ctrl('c'))
  expect(await hers.ended).toBe(exitCode.done)
})

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

test('M11 M12 M22 policy in its three states, keep and not keep, and another language, which is remembered', async () => {
  await using hers = await screenOf(vera, '')
  await hers.waitFor('connected')
  hers.type('s')
  await hers.waitFor('● ask me')
  hers.type(keys.enter)
  await hers.waitFor('● no one new')
  expect((await vecheOk(vera, ['policy'])).policy).toBe('forbidden')
  hers.type(keys.down + keys.down + keys.enter)
  await hers.waitFor('● anyone')
  expect((await vecheOk(vera, ['policy'])).policy).toBe('allowed')
  hers.type(keys.up + keys.enter)
  await hers.waitFor('● ask me')
  hers.type(keys.down + keys.down + keys.enter)
  await hers.waitFor('● open account')
  expect((await vecheOk(vera, ['visibility'])).visibility).toBe('open')

  hers.type(keys.escape)
  await hers.waitFor((text) => !text.includes('Who may write'))
  hers.type('k')
  await hers.waitFor('● keep on this device')
  hers.type(keys.up + keys.enter)
  await hers.waitFor('Erase from this device')
  hers.type(keys.up + keys.enter)
  await hers.waitFor('○ keep on this device')
  await hers.waitFor('kept: server only')
  hers.type(keys.up + keys.enter)
  await hers.waitFor('● keep on this device')

  hers.type(keys.escape)
  await hers.waitFor((text) => !text.includes('keep on this device'))
  hers.type('s')
  await hers.waitFor('○ Русский')
  hers.type(keys.end + keys.up + keys.enter)
  await hers.waitFor('● Русский')
  await hers.waitFor('Язык этого экрана')
  hers.type(keys.ctrl('c'))
  await hers.ended
  await using again = await screenOf(vera, '')
  await again.waitFor('Личные чаты')
})

test('M21 a message is found in all chats and opened among its neighbours', async () => {
  for (let number = 1; number <= 3; number++)
    await vecheOk(boris, ['send', '@vera', `about the lilac ${number}`])
  await using his = await screenOf(boris)
  await his.waitFor('connected')
  his.type('/')
  await his.waitFor('Search your messages')
  his.type('LILAC 2\r')
  await his.waitFor(/▸ @vera/)
  his.type(keys.enter)
  await his.waitFor(/You {2}about the lilac 2 +\d\d:\d\d ✓/)
  expect(his.text()).toContain('about the lilac 1')
})

test('without a server the screen opens, takes messages, and sends them when it is back', async () => {
  await using his = await screenOf(boris)
  await his.waitFor('connected')
  his.type(keys.enter)
  await his.waitFor('› Message')
  await server.stop()
  await his.waitFor('no connection')
  his.type('written without a server\r')
  await his.waitFor(/written without a server +\d\d:\d\d ◷/)
  await server.startAgain()
  await his.waitFor(/written without a server +\d\d:\d\d ✓/)
})

test('Ctrl+Z gives the terminal back, and the screen comes again', async () => {
  await using his = await screenOf(boris)
  await his.waitFor('connected')
  his.type(keys.ctrl('z'))
  await his.waitFor('Private chats')
  his.type(keys.f1)
  await his.waitFor('In the list')
  his.type(keys.down.repeat(30))
  await his.waitFor('While writing')
})

test('M13 M20 M11 three people make a group, add, allow, write, see names, change a role and leave, in two languages', async () => {
  const galina = join(server.folder, 'galina')
  const { code } = await vecheOk(vera, ['admin', 'invite', 'create'])
  await register(galina, 'galina', 'Галина', String(code))
  await using hers = await screenOf(vera, 'ru')
  await using his = await screenOf(boris, 'en')
  await using third = await screenOf(galina, 'en')
  await hers.waitFor('на связи')
  await his.waitFor('connected')
  await third.waitFor('connected')
  await third.waitFor('Make one: press g.')

  hers.type('g')
  await hers.waitFor('Новая группа')
  hers.type('Огород\r')
  hers.type('Рассада и грядки\r')
  await hers.waitFor('▸  ● все, кто в группе')
  hers.type(keys.enter)
  await hers.waitFor('▸  Создать группу')
  hers.type(keys.enter)
  await hers.waitFor('Добавить в группу «Огород»')
  await hers.waitFor('Борис (@boris)')
  hers.type('@boris\r')
  await hers.waitFor('@boris теперь в группе')
  hers.type('@galina\r')
  await hers.waitFor('Запрос к @galina отправлен')
  await hers.waitFor(/@galina · Огород/)

  await third.waitFor('Вера Петрова (@vera)')
  third.type(keys.enter)
  await third.waitFor(/Вера Петрова\s[\s\S]*@vera[\s\S]*wishes to add you to a group\./)
  expect(third.text()).not.toContain('Огород')
  third.type(keys.enter)
  await third.waitFor(/Groups[\s\S]*Огород/)
  hers.type(keys.escape)
  await hers.waitFor(/Огород +3 человека/)
  await hers.waitFor('Вы: Галина теперь в группе')

  hers.type('Рассада готова\r')
  await hers.waitFor(/Вы {2}Рассада готова +\d\d:\d\d ✓/)
  await his.waitFor(/Groups +1/)
  his.type(keys.end)
  await his.waitFor('▸Огород')
  his.type(keys.enter)
  await his.waitFor('› Message')
  await his.waitFor(/Вера Петрова {2}Рассада готова/)
  his.type('At five\r')
  await third.waitFor(/Groups +[12]/)
  third.type(keys.end + keys.enter)
  await third.waitFor(/Вера Петрова {2}Рассада готова[\s\S]*Борис {2}At five/)

  hers.type(keys.ctrl('p'))
  await hers.waitFor(/Люди группы «Огород»[\s\S]*Вы +@vera +владелец[\s\S]*Борис +@boris +участник/)
  hers.type(keys.down + keys.down)
  await hers.waitFor(/▸ +Борис/)
  hers.type(keys.enter)
  await hers.waitFor('Сделать администратором')
  hers.type(keys.down + keys.enter)
  await hers.waitFor('Борис теперь администратор.')
  await his.waitFor('Вера Петрова made you admin')
  his.type(keys.ctrl('p'))
  await his.waitFor(/Add people[\s\S]*You +@boris +admin/)

  third.type(keys.ctrl('p'))
  await third.waitFor('Leave the group')
  expect(third.text()).not.toContain('Add people')
  third.type(keys.end + keys.enter)
  await third.waitFor('Nothing more of the group will reach you')
  third.type(keys.up + keys.enter)
  await third.waitFor('You have left the group.')
  third.type(keys.escape)
  await third.waitFor('You are no longer in this group.')
  expect(third.text()).toContain('At five')
  hers.type(keys.escape)
  await hers.waitFor('Галина: выход из группы')
  await hers.waitFor(/Огород +2 человека/)
})
