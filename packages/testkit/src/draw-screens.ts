/**
 * Draws the pictures of the screen for the documents: `node packages/testkit/src/draw-screens.ts [FOLDER]`, by default
 * docs/screens. With `--all` also those that only designers look at, in both themes.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { keys, PseudoTerminal } from './pseudo-terminal.ts'
import { freePort, ServerProcess, VECHE } from './server-process.ts'
import { type Theme, terminalPicture, themes } from './terminal-picture.ts'
import { vecheOk, vecheRegister } from './veche-command.ts'

const isAll = process.argv.includes('--all')
const target = process.argv.slice(2).find((argument) => !argument.startsWith('-')) ?? 'docs/screens'
const kept = new Set([
  'talk-ru',
  'talk-en',
  'request-en',
  'safety-ru',
  'group-ru',
  'group-en',
  'people-ru',
  'people-en',
])
const settleMs = 1200
const peopleShown = /(Вы|You) +@vera/
/** Who writes, and what. */
const conversations: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  boris: [
    ['boris', 'Здравствуйте, Вера. Рассада готова?'],
    [
      'vera',
      'Готова, приходите забирать. Помидоров шесть ящиков, перцев два; ещё остались кабачки, если нужны.',
    ],
    ['boris', 'Кабачки возьму. Приду в пять, если не пойдёт дождь.'],
    ['vera', 'В пять я дома.\nКалитка открыта, собака на привязи.'],
    ['boris', 'А вёдра у вас есть, или принести свои?'],
  ],
  masha: [['masha', 'Мам, купи хлеба']],
  school7: [['school7', 'Собрание в четверг в 18:30, кабинет 12.']],
}

const group = 'Огород'
/** Who writes, what, and what they answer. */
const groupTalk: readonly (readonly [string, string, string?])[] = [
  ['vera', 'Рассада готова, забирайте. До шести я дома.'],
  ['boris', 'Приду в пять. Ящики нести свои?'],
  ['vera', 'Ящики дам, верните до субботы: в них поедут перцы для школы.'],
  ['masha', 'А кабачки остались?'],
  ['vera', 'Остались, два ящика.', 'last'],
  ['school7', 'Школе нужно двадцать кустов, заберём в четверг.'],
]

await using resources = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'veche-screens-'))
resources.defer(() => rm(folder, { recursive: true, force: true }))
await mkdir(target, { recursive: true })
const server = await ServerProcess.start({
  data: join(folder, 'data'),
  port: await freePort(),
  env: { VECHE_ACCOUNT_RATE: '0', VECHE_ADDRESS_RATE: '0', VECHE_ATTEMPT_RATE: '0' },
})
resources.defer(async () => void (await server.stop()))

await drawEntrance()
const vera = await person('vera', 'Вера Петрова', server.administratorCode)
await vecheOk(vera, ['policy', 'confirm'])
const people = [
  ['boris', 'Борис Ильин'],
  ['masha', 'Маша'],
  ['school7', 'Школа № 7, учительская'],
] as const
for (const [handle, name] of people) await befriend(handle, name)
await makeGroup()
await person('anna', 'Anna Holm', await invite())
await vecheOk(join(folder, 'anna'), ['request', '@vera'])
await drawTalk('ru')
await drawTalk('en')

async function person(handle: string, name: string, code: string): Promise<string> {
  const profile = join(folder, handle)
  await vecheRegister(profile, {
    handle,
    name,
    code,
    server: server.url,
    password: `the password of ${handle}`,
  })
  return profile
}

async function invite(): Promise<string> {
  return String((await vecheOk(vera, ['admin', 'invite', 'create'])).code)
}

async function befriend(handle: string, name: string): Promise<void> {
  const profile = await person(handle, name, await invite())
  await vecheOk(vera, ['request', `@${handle}`])
  await vecheOk(profile, ['requests', 'allow', '@vera'])
  await vecheOk(vera, ['chats'])
  for (const [from, text] of conversations[handle] ?? []) {
    await vecheOk(from === 'vera' ? vera : profile, ['send', from === 'vera' ? `@${handle}` : '@vera', text])
    await vecheOk(from === 'vera' ? profile : vera, ['history', from === 'vera' ? '@vera' : `@${handle}`])
  }
}

/** By the screen, as people do. */
async function makeGroup(): Promise<void> {
  await using terminal = await open(vera, 'ru', {})
  await terminal.waitFor('на связи')
  terminal.type('g')
  await terminal.waitFor('Новая группа')
  terminal.type(`${group}\r`)
  terminal.type('Рассада, полив, урожай: кто что сажает и кому нужна помощь.\r\r')
  await terminal.waitFor('▸  Создать группу')
  terminal.type('\r')
  await terminal.waitFor('Добавить в группу')
  for (const [handle] of people) {
    terminal.type(`@${handle}\r`)
    await terminal.waitFor(`@${handle} теперь в группе`)
  }
  terminal.type(keys.escape)
  await terminal.waitFor(/Огород +4 человека/)
  terminal.type(keys.ctrl('p'))
  await terminal.waitFor('Вы  @vera')
  while (!/▸ +Борис/.test(terminal.text())) {
    terminal.type(keys.down)
    await sleep(settleMs)
  }
  terminal.type(keys.enter)
  await terminal.waitFor('Сделать администратором')
  terminal.type(keys.down + keys.enter)
  await terminal.waitFor('теперь администратор')
  terminal.type(keys.ctrl('c'))
  await terminal.ended
  for (const [handle, text, answered] of groupTalk) {
    if (answered) await vecheOk(join(folder, handle), ['history', group])
    const words = answered ? ['reply', group, answered, text] : ['send', group, text]
    await vecheOk(join(folder, handle), words)
  }
  for (const [handle] of people) await vecheOk(join(folder, handle), ['history', group])
}

async function drawEntrance(): Promise<void> {
  for (const language of ['ru', 'en']) {
    await using terminal = await open(join(folder, `new-${language}`), language, {})
    await terminal.waitFor(/▸/)
    await draw(terminal, `welcome-${language}`)
    terminal.type(keys.enter)
    await terminal.waitFor('›')
    terminal.type(`${server.url}\r`)
    terminal.type('olga\r')
    terminal.type(language === 'ru' ? 'Ольга\r' : 'Olga\r')
    terminal.type(keys.ctrl('g'))
    await draw(terminal, `register-${language}`)
  }
}

async function drawTalk(language: 'ru' | 'en'): Promise<void> {
  for (const [columns, rows] of [
    [80, 24],
    [120, 40],
  ] as const) {
    if (!isAll && columns !== 80) continue
    const size = columns === 80 ? '' : '-wide'
    await using terminal = await open(vera, language, { columns, rows })
    const shot = (name: string) => draw(terminal, `${name}-${language}${size}`)
    await terminal.waitFor(/(connected|на связи)/)
    await terminal.waitFor('Anna Holm')
    await shot('list')
    terminal.type(keys.home + keys.enter)
    await shot('request')
    terminal.type(keys.escape)
    await sleep(settleMs)
    terminal.type(keys.down)
    await sleep(settleMs)
    await vecheOk(join(folder, 'masha'), [
      'send',
      '@vera',
      language === 'ru' ? 'Мам, я у бабушки.' : 'Mum, I am at Grandma’s.',
    ])
    while (!/▸Борис/.test(terminal.text())) {
      terminal.type(keys.down)
      await sleep(settleMs)
    }
    terminal.type(keys.enter)
    terminal.type(keys.ctrl('u')) // the draft of the language before
    terminal.type(language === 'ru' ? 'Хорошо, ведро я принесу своё' : 'Fine, I will bring my own bucket')
    await shot('talk')
    terminal.type(keys.ctrl('g'))
    await shot('safety')
    terminal.type(keys.escape)
    await sleep(settleMs)
    terminal.type(keys.ctrl('o'))
    await shot('settings')
    terminal.type(keys.escape)
    await sleep(settleMs)
    terminal.type(keys.ctrl('f'))
    await sleep(settleMs)
    terminal.type('рассад\r')
    await shot('search')
    terminal.type(keys.escape)
    await sleep(settleMs)
    terminal.type(keys.ctrl('n'))
    await shot('new-chat')
    terminal.type(keys.escape)
    await sleep(settleMs)
    terminal.type(keys.f1)
    await shot('keys')
    terminal.type(keys.escape)
    await sleep(settleMs)
    terminal.type(keys.escape)
    await sleep(settleMs)
    terminal.type('k')
    await shot('keeping')
    terminal.type(keys.escape)
    await sleep(settleMs)
    terminal.type(keys.end)
    await sleep(settleMs)
    terminal.type(keys.enter)
    await sleep(settleMs)
    await vecheOk(join(folder, 'boris'), [
      'send',
      group,
      language === 'ru' ? 'И лейку захвачу.' : 'I bring a can, too.',
    ])
    terminal.type(keys.ctrl('u'))
    terminal.type(language === 'ru' ? 'Лейка есть, спасибо' : 'I have one, thank you')
    await shot('group')
    terminal.type(keys.ctrl('p'))
    await sleep(settleMs)
    terminal.type(keys.down + keys.down)
    await shot('people')
    terminal.type(keys.enter)
    await shot('person')
    terminal.type(keys.escape)
    await terminal.waitFor(peopleShown)
    terminal.type(keys.home + keys.enter)
    await shot('add-people')
    terminal.type(keys.escape)
    await terminal.waitFor(peopleShown)
    await drawLink(terminal, shot)
    for (let place = 0; place < 3; place++) {
      terminal.type(keys.escape)
      await sleep(settleMs)
    }
    terminal.type('g')
    await shot('new-group')
    terminal.type(keys.ctrl('c'))
    await terminal.ended
  }
}

/** From the people of the group: its invite links, the form for one, and the link. */
async function drawLink(terminal: PseudoTerminal, shot: (name: string) => Promise<void>): Promise<void> {
  while (!/▸ +(Приглашения|Invite links)/.test(terminal.text())) {
    terminal.type(keys.down)
    await sleep(settleMs)
  }
  terminal.type(keys.enter)
  await shot('links')
  terminal.type(keys.home + keys.enter)
  await sleep(settleMs)
  terminal.type(keys.end)
  await shot('new-link')
  terminal.type(keys.enter)
  await shot('link')
  for (let place = 0; place < 2; place++) {
    terminal.type(keys.escape)
    await sleep(settleMs)
  }
}

function open(profile: string, language: string, size: object): Promise<PseudoTerminal> {
  const env = { VECHE_LANG: language, FORCE_COLOR: '1', TZ: 'Europe/Moscow' }
  return PseudoTerminal.start([process.execPath, VECHE, '--profile', profile], { ...size, env })
}

async function draw(terminal: PseudoTerminal, name: string): Promise<void> {
  await sleep(settleMs)
  const { emulator, hasCursor } = terminal
  const write = (file: string, theme: Theme) =>
    writeFile(join(target, file), terminalPicture(emulator, theme, hasCursor))
  if (kept.has(name)) await write(`${name}.svg`, themes.light)
  if (!isAll) return
  for (const [suffix, theme] of Object.entries(themes)) await write(`${name}.${suffix}.svg`, theme)
}
