/** Invite links into groups by the commands, in this process, against a real server. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import type { Person } from './testing/person.ts'
import { TestServer } from './testing/test-server.ts'
import { en } from './words/en.ts'
import { ru } from './words/ru.ts'

const id = (characters: number) => expect.stringMatching(new RegExp(`^[a-z2-7]{${characters}}$`))
const joinedAtOnce = { joined: true, status: 'joined', request: null, history: false }
const day = expect.stringMatching(/^\d{4}-\d\d-\d\dT/)

let server: TestServer
let alice: Person
let bob: Person
let carol: Person
let chat: string
let link: string
let invite: string

beforeAll(async () => {
  server = await TestServer.start()
  ;[alice, bob] = await server.welcome('alice', 'bob')
  carol = await server.person('carol')
  chat = String((await alice.json('group', 'create', 'Огород')).lines[0]!.chat)
})
afterAll(() => server?.[Symbol.asyncDispose]())

test('M13 a link is made, and drawn for people', async () => {
  const { code, lines } = await alice.json('invite', 'create', 'огород', '--uses', '2', '--expires', '12h')
  expect(code).toBe(exitCode.done)
  const terms = {
    id: id(26),
    expires: day,
    uses: 0,
    maxUses: 2,
    usable: true,
    open: false,
    history: false,
    approve: false,
    role: null,
  }
  const shown = { link: expect.stringMatching(/#join=vi-[a-z2-7]{111}$/), register: false }
  expect(lines).toEqual([{ chat, ...shown, ...terms }])
  link = String(lines[0]!.link)
  invite = String(lines[0]!.id)
  const { out } = await alice.say('ru', 'invite', 'create', 'Огород')
  expect(out).toContain(ru.says.group.linkMade('Огород'))
  expect(out).toMatch(/#join=vi-[a-z2-7]{111}\n/)
  expect((await alice.json('invite', 'list', chat)).lines).toHaveLength(2)
})

test('M13 who opens it is in the group, and reads and writes', async () => {
  const { code, out } = await bob.say('en', 'join', link)
  expect([code, out]).toEqual([exitCode.done, `${en.says.group.entered('Огород')}\n`])
  expect((await bob.json('join', link)).lines).toEqual([{ chat, name: 'Огород', ...joinedAtOnce }])
  await bob.json('send', 'Огород', 'добрый день')
  await alice.json('send', 'Огород', 'привет')
  await bob.json('listen', '--timeout', '5s')
  const { lines } = await bob.json('history', 'Огород')
  expect(lines.map(({ from, text }) => `${from}: ${text}`)).toEqual(['bob: добрый день', 'alice: привет'])
  expect((await alice.json('group', 'members', chat)).lines.map(({ handle }) => handle)).toEqual([
    'alice',
    'bob',
  ])
})

test('M13 one link takes a newcomer from nothing into the group, by both its codes', async () => {
  const { lines } = await alice.json('admin', 'invite', 'create')
  const both = `${link}&code=${String(lines[0]!.code)}`
  const registered = await carol.register(server.url, '--invite', both)
  expect(registered.code).toBe(exitCode.done)
  expect(registered.lines.at(-1)).toEqual({ chat, name: 'Огород', ...joinedAtOnce })
  expect((await alice.json('invite', 'list', chat)).lines).toEqual(
    expect.arrayContaining([expect.objectContaining({ id: invite, uses: 2, usable: false })]),
  )
})

test('M13 a link that registers takes a newcomer by one command; who has an account just joins by it', async () => {
  const yard = String((await alice.json('group', 'create', 'Двор')).lines[0]!.chat)
  const made = (await alice.json('invite', 'create', yard, '--uses', '2', '--register')).lines[0]!
  expect(made).toMatchObject({
    register: true,
    link: expect.stringMatching(/#join=vi-[a-z2-7]{111}&code=vr-/),
  })
  expect((await alice.say('en', 'invite', 'create', yard, '--register')).out).toContain(
    en.says.group.linkRegisters,
  )
  const fyodor = await server.person('fyodor')
  const as = ['--handle', 'fyodor', '--name', 'Фёдор', '--password-file', fyodor.passwordFile]
  expect((await fyodor.json('join', String(made.link))).code).toBe(exitCode.wrongUse)
  const joined = await fyodor.json('join', String(made.link), ...as)
  expect(joined.code).toBe(exitCode.done)
  expect(joined.lines[0]).toMatchObject({ handle: 'fyodor', name: 'Фёдор' })
  expect(joined.lines.at(-1)).toEqual({ chat: yard, name: 'Двор', ...joinedAtOnce })
  expect((await fyodor.json('join', String(made.link), ...as)).lines).toEqual([
    { chat: yard, name: 'Двор', ...joinedAtOnce },
  ])
  expect((await bob.json('join', String(made.link))).lines).toEqual([
    { chat: yard, name: 'Двор', ...joinedAtOnce },
  ])
  const bobs = String((await bob.json('group', 'create', 'Дача')).lines[0]!.chat)
  expect((await bob.json('invite', 'create', bobs, '--register')).code).toBe(exitCode.refused)
  expect((await bob.json('invite', 'list', bobs)).lines).toEqual([])
})

test('M13 M21 a group is opened by a command, found by another, entered by a third, and closed', async () => {
  const { lines } = await alice.json('group', 'create', 'Площадь', '--open', '--description', 'Для всех')
  const square = lines[0]!.chat
  expect(lines).toMatchObject([{ name: 'Площадь', open: true }])
  const people = await bob.json('find', 'площадь')
  const shown = { chat: square, name: 'Площадь', description: 'Для всех', people: 1 }
  expect(people.lines).toEqual([{ ...shown, link: expect.stringMatching(/#join=vi-[a-z2-7]{111}$/) }])
  const { out } = await bob.say('ru', 'find', 'ploshad')
  expect(out).toContain(ru.says.group.openGroups)
  const joined = await bob.json('join', String(people.lines[0]!.link))
  expect(joined.lines).toEqual([{ chat: square, name: 'Площадь', ...joinedAtOnce }])
  const listed = await alice.say('en', 'invite', 'list', 'Площадь')
  expect(listed.out).toContain(en.says.group.openLink)
  const closed = await alice.say('ru', 'group', 'close', 'Площадь')
  expect([closed.code, closed.out]).toEqual([exitCode.done, `${ru.says.group.closed('Площадь')}\n`])
  expect((await bob.say('en', 'find', 'площадь')).out).toBe(`${en.says.nobodyFound}\n`)
  const opened = await alice.json('group', 'open', 'Площадь')
  expect(opened.lines).toEqual([{ chat: square, name: 'Площадь', open: true }])
  expect((await bob.json('find', 'площадь')).lines).toMatchObject([{ people: 2 }])
  expect((await bob.json('group', 'close', 'Площадь')).code).toBe(exitCode.refused)
})

test('M13, M15 by a link with history all that was written before is read, in several epochs; by another nothing', async () => {
  const garden = String((await alice.json('group', 'create', 'Сад')).lines[0]!.chat)
  for (const [index, name] of ['Сад', 'Сад и дом', 'Сад'].entries()) {
    if (index > 0) await alice.json('group', 'rename', garden, name)
    await alice.json('send', garden, `слово ${index}`)
  }
  const { out } = await alice.say('ru', 'invite', 'create', garden, '--history')
  expect(out).toContain(`; ${ru.says.group.linkReads.history}\n`)
  const all = (await alice.json('invite', 'create', garden, '--history')).lines[0]!
  const later = (await alice.json('invite', 'create', garden)).lines[0]!
  expect([all.history, later.history]).toEqual([true, false])
  const listed = (await alice.say('en', 'invite', 'list', garden)).out
  for (const words of Object.values(en.says.group.linkReads)) expect(listed).toContain(words)
  await bob.json('join', String(later.link))
  expect((await bob.json('history', garden)).lines).toEqual([])
  const { lines } = await alice.json('admin', 'invite', 'create')
  const denis = await server.person('denis')
  const registered = await denis.register(server.url, '--invite', `${all.link}&code=${lines[0]!.code}`)
  expect(registered.lines.at(-1)).toEqual({ chat: garden, name: 'Сад', ...joinedAtOnce, history: true })
  const read = (await denis.json('history', garden)).lines
  expect(read.map(({ from, text }) => `${from}: ${text}`)).toEqual([
    'alice: слово 0',
    'alice: слово 1',
    'alice: слово 2',
  ])
  await alice.json('invite', 'revoke', garden, String(all.id))
  const [elena] = await server.welcome('elena')
  expect((await elena.json('join', String(all.link))).code).toBe(exitCode.refused)
  expect((await denis.json('history', garden)).lines).toHaveLength(3)
})

test('A5 a link that was taken back is refused, in both languages; a wrong one is shown to nobody', async () => {
  const [dave] = await server.welcome('dave')
  const used = await dave.say('ru', 'join', link)
  expect([used.code, used.err]).toEqual([exitCode.refused, `${ru.failures.invite_used_up()}\n`])
  const { code, out } = await alice.say('en', 'invite', 'revoke', chat, invite)
  expect([code, out]).toEqual([exitCode.done, `${en.says.group.linkGone('Огород')}\n`])
  const dead = await dave.say('en', 'join', link)
  expect([dead.code, dead.err]).toEqual([exitCode.refused, `${en.failures.invite_unknown()}\n`])
  const wrong = await dave.say('en', 'join', link.slice(0, -1))
  expect([wrong.code, wrong.err]).toEqual([exitCode.wrongUse, `${en.failures.link_invalid()}\n`])
  const other = await bob.json('invite', 'create', chat)
  expect(other.code).toBe(exitCode.refused)
})

test('M13 who opens an approving link asks, is shown to who may answer, and comes in as the link says', async () => {
  const [dave] = await server.welcome('dana')
  const made = await alice.json('invite', 'create', 'Огород', '--approve', '--role', 'reader')
  const { link: approving, id: linkId } = made.lines[0]!
  expect(made.lines).toMatchObject([{ approve: true, role: 'reader' }])
  const told = await alice.say('en', 'invite', 'create', 'Огород', '--approve')
  expect(told.out).toContain(en.says.group.approvingLinkMade('Огород'))
  expect((await alice.say('ru', 'invite', 'list', 'Огород')).out).toContain(ru.says.group.linkApproves)

  const asked = await dave.json('join', String(approving))
  expect([asked.code, asked.lines]).toEqual([
    exitCode.done,
    [{ chat, name: '', joined: false, status: 'pending', request: id(26), history: false }],
  ])
  const again = await dave.say('ru', 'join', String(approving))
  expect([again.code, again.out]).toEqual([exitCode.done, `${ru.says.group.askedToJoin.pending}\n`])
  const request = String(asked.lines[0]!.request)
  const own = { direction: 'outgoing', request, handle: null, group: true, join: true, chat }
  expect((await dave.json('requests')).lines).toEqual([{ ...own, status: 'pending', at: day }])
  expect((await dave.say('en', 'requests')).out).toContain(en.says.group.ownJoin)

  const heard = await alice.json('listen', '--timeout', '5s')
  const shown = { request, handle: 'dana', join: true, chat, link: linkId, status: 'pending' }
  expect(heard.lines).toContainEqual(expect.objectContaining({ type: 'request', from: 'dana', ...shown }))
  expect((await alice.say('ru', 'requests')).out).toContain(ru.says.group.byLinkTo('Огород', String(linkId)))
  expect((await bob.json('requests')).lines).toEqual([])
  const answered = await alice.json('requests', 'allow', '@dana')
  expect(answered.lines).toEqual([{ status: 'open', chat, request, handle: 'dana', group: true, join: true }])
  const came = await dave.json('listen', '--timeout', '5s')
  expect(came.lines).toContainEqual(expect.objectContaining({ type: 'chat', chat, name: 'Огород' }))
  const members = (await dave.json('group', 'members', 'Огород')).lines
  expect(members).toContainEqual(expect.objectContaining({ handle: 'dana', role: 'reader' }))
})

test('M13 who is refused is told so, and a role alone is given by a device that may', async () => {
  const [eve] = await server.welcome('eve')
  const approving = String((await alice.json('invite', 'create', chat, '--approve')).lines[0]!.link)
  await eve.json('join', approving)
  const refused = await alice.say('en', 'requests', 'refuse', '@eve')
  expect(refused.out).toBe(`${en.says.group.notLetIn('EVE (@eve)', 'Огород')}\n`)
  const told = await eve.say('en', 'listen', '--count', '1', '--timeout', '30s')
  expect(told.out).toContain(en.says.group.joinAnswer.refused)
  const vain = await eve.json('join', approving)
  expect([vain.code, vain.lines[0]!.status]).toEqual([exitCode.refused, 'refused'])
  const free = String((await alice.json('invite', 'create', chat, '--role', 'admin')).lines[0]!.link)
  expect((await eve.json('join', free)).lines[0]!.status).toBe('refused') // for 30 days, by any link
  expect((await alice.json('invite', 'create', chat, '--role', 'king')).code).toBe(exitCode.wrongUse)
  const both = await alice.say('en', 'invite', 'create', chat, '--approve', '--history')
  expect(both.err).toBe(`${en.failures.history_at_once()}\n`)
})

test('M13 who has asked takes it back, and may ask again', async () => {
  const [gina] = await server.welcome('gina')
  const approving = String((await alice.json('invite', 'create', chat, '--approve')).lines[0]!.link)
  const { request } = (await gina.json('join', approving)).lines[0]!
  expect((await gina.json('requests', 'withdraw', String(request))).lines).toEqual([
    { request, status: 'ended' },
  ])
  expect((await alice.json('requests')).lines.filter(({ handle }) => handle === 'gina')).toEqual([])
  expect((await gina.say('ru', 'requests')).out).toContain(ru.says.group.joinStates.ended)
  const unknown = await gina.json('requests', 'withdraw', 'nothing')
  expect([unknown.code, JSON.parse(unknown.err).error.reason]).toEqual([exitCode.refused, 'request_unknown'])
  const again = (await gina.json('join', approving)).lines[0]!
  expect(again.status).toBe('pending')
  const back = await gina.say('en', 'requests', 'withdraw', String(again.request))
  expect(back.out).toBe(`${en.says.group.withdrawn}\n`)
})

test('M13 a link for a role lets in without anybody’s answer, once a device that may give it is connected', async () => {
  const [frank] = await server.welcome('frank')
  const link = String((await alice.json('invite', 'create', chat, '--role', 'admin')).lines[0]!.link)
  expect((await frank.json('join', link)).lines[0]!.status).toBe('pending')
  await alice.json('listen', '--timeout', '5s')
  await frank.json('listen', '--timeout', '5s')
  expect((await frank.json('group', 'members', 'Огород')).lines).toContainEqual(
    expect.objectContaining({ handle: 'frank', role: 'admin' }),
  )
})
