import type { ChatId } from '@veche/protocol'
import { equalBytes } from '@veche/protocol'
import type { FetchInviteResponse, JoinGroupResponse } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { parseInviteLink } from './invite-link.ts'
import { refusedFor, wrongFor } from './testing/failures.ts'
import { Mortal } from './testing/mortal.ts'
import {
  CATCH_UP_MS,
  catchUp,
  gather,
  membersOf,
  nameOf,
  noticesOf,
  type Person,
  registerNew,
  registerPerson,
  reopen,
  settle,
  signIn,
} from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'
import type { ReadyAccount } from './views.ts'

let server: TestServer
let alice: Person
let bob: Person
let carol: Person
let chat: ChatId

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(async () => {
  ;({ alice, bob, carol, chat } = await gather(server))
})

const MORTAL_STEPS = 24
const accountOf = ({ client }: Person) => (client.account as ReadyAccount).account
const join = ({ client }: Person, link: string) => client.join(link)

async function say(person: Person, text: string): Promise<void> {
  await person.client.send(chat, text)
  await catchUp(person)
}

const handlesIn = (person: Person) => membersOf(person, chat)
const shownOf = async ({ client }: Person) =>
  (await client.history(chat, { limit: 100 })).map(({ from, text }) => `${nameOf(from)}: ${text}`)
const changesOf = ({ events }: Person) =>
  events.flatMap((event) =>
    event.type === 'group' ? [`${event.change} ${event.who && nameOf(event.who)} ${event.how}`] : [],
  )
const EVERYBODY = ['alice owner', 'bob member', 'carol member', 'dave member']

test('M13 A5 where a link leads is shown before joining by it, and nobody there is told', async () => {
  const { link, id } = await alice.client.groups.invite(chat)
  const led = { kind: 'group', chat, name: 'The village', description: 'All of us', people: 1 }
  expect(await bob.client.groups.look(link)).toEqual(led)
  expect(await bob.client.groups.look(link)).toEqual(led)
  await catchUp(alice)
  expect(changesOf(alice)).toEqual([])
  expect(await alice.client.groups.invites(chat)).toMatchObject([{ id, uses: 0 }])
  await join(bob, link)
  expect(await bob.client.groups.look(link)).toEqual({ kind: 'member', chat })
  expect(await carol.client.groups.look(link)).toEqual({ ...led, people: 2 })
  const { link: asking } = await alice.client.groups.invite(chat, { approve: true })
  expect(await carol.client.groups.look(asking)).toEqual({ kind: 'by-request', chat })
  await alice.client.groups.revokeInvite(chat, id)
  await expect(carol.client.groups.look(link)).rejects.toThrow(refusedFor('invite_unknown'))
  await expect(carol.client.groups.look('vi-nothing')).rejects.toThrow(wrongFor('link_invalid'))
})

test('M13 three join by one link, two of them at once; all read what comes after, with names', async () => {
  const dave = await registerNew(server, 'dave')
  const { link, id } = await alice.client.groups.invite(chat)
  expect(link).toMatch(/^memory:\/.*#join=vi-[a-z2-7]+$/)
  await say(alice, 'before')
  expect(await join(bob, link)).toEqual({ chat, status: 'joined' })
  expect(bob.client.chats()).toMatchObject([
    { name: 'The village', description: 'All of us', role: 'member', people: 2, canWrite: true },
  ])
  await Promise.all([join(carol, link), join(dave, link)])
  await settle(alice, bob, carol, dave)
  for (const [index, person] of [alice, bob, carol, dave].entries()) await say(person, `text ${index}`)
  await settle(alice, bob, carol, dave)
  const texts = ['alice: text 0', 'bob: text 1', 'carol: text 2', 'dave: text 3']
  expect(await shownOf(alice)).toEqual(['alice: before', ...texts])
  for (const person of [bob, carol, dave]) expect(await shownOf(person)).toEqual(texts)
  for (const person of [alice, bob, carol, dave]) {
    expect(handlesIn(person)).toEqual(EVERYBODY)
    expect(noticesOf(person)).toEqual([])
  }
  expect(changesOf(alice)).toEqual(
    expect.arrayContaining(['members bob joined', 'members carol joined', 'members dave joined']),
  )
  expect(await alice.client.groups.invites(chat)).toMatchObject([
    { id, uses: 3, maxUses: 1000, usable: true },
  ])
})

test('M13 who came by a link is written down by the next change, and can be given a role or put out', async () => {
  const { link } = await alice.client.groups.invite(chat)
  await join(bob, link)
  await join(carol, link)
  await settle(alice)
  await alice.client.groups.setRole(chat, bob.handle, 'admin')
  await settle(bob)
  await bob.client.groups.remove(chat, carol.handle)
  await settle(alice, bob, carol)
  expect(handlesIn(alice)).toEqual(['alice owner', 'bob admin'])
  expect(handlesIn(bob)).toEqual(['alice owner', 'bob admin'])
  expect(changesOf(alice).filter((change) => change.includes('bob'))).toEqual([
    'members bob joined',
    'roles bob undefined',
  ])
  expect(carol.client.chats()).toMatchObject([{ state: 'removed' }])
  for (const person of [alice, bob, carol]) expect(noticesOf(person)).toEqual([])
})

test('A5 M13 who was added when the link was there already lets others in by it, also after its maker has gone', async () => {
  const dave = await registerNew(server, 'dave')
  await dave.client.settings.setAcceptance('allowed')
  const { link } = await alice.client.groups.invite(chat)
  await alice.client.groups.add(chat, dave.handle)
  await alice.client.groups.setRole(chat, dave.handle, 'owner')
  await settle(dave)
  await alice.client.groups.leave(chat)
  await settle(dave)
  await dave.client.groups.rename(chat, { name: 'The town' })
  await join(bob, link)
  expect(bob.client.chats()).toMatchObject([{ name: 'The town', people: 2 }])
  await join(carol, link)
  expect(carol.client.chats()).toMatchObject([{ name: 'The town', people: 3 }])
})

test('A5 a link that was taken back is dead, and so is one that has expired or is used up', async () => {
  const made = await alice.client.groups.invite(chat, { uses: 1 })
  await join(bob, made.link)
  await expect(join(carol, made.link)).rejects.toThrow(refusedFor('invite_used_up'))
  const other = await alice.client.groups.invite(chat, { expiresMs: 3_600_000 })
  const invites = await alice.client.groups.invites(chat)
  expect(invites.map(({ id }) => id)).toEqual([other.id]) // the used one went with that commit
  expect(invites[0]!.expiresAt).toBeGreaterThan(Date.now() + 3_500_000)
  await alice.client.groups.revokeInvite(chat, other.id)
  expect(await alice.client.groups.invites(chat)).toEqual([])
  await expect(join(carol, other.link)).rejects.toThrow(refusedFor('invite_unknown'))
  await expect(join(carol, made.link)).rejects.toThrow(refusedFor('invite_unknown'))
  await expect(alice.client.groups.revokeInvite(chat, other.id)).rejects.toThrow(wrongFor('invite_unknown'))
  expect(carol.client.chats()).toEqual([])
  await expect(bob.client.groups.invite(chat)).rejects.toThrow(refusedFor('not_allowed'))
  const wrong = [{ uses: 0 }, { uses: 1001 }, { expiresMs: 1 }, { expiresMs: 1e12 }, { uses: 1.5 }]
  for (const terms of wrong)
    await expect(alice.client.groups.invite(chat, terms)).rejects.toThrow(wrongFor('terms_invalid'))
})

test('M13 who was removed may come back by a link that still lives, unless banned', async () => {
  const { link } = await alice.client.groups.invite(chat)
  await join(bob, link)
  await say(alice, 'first')
  await settle(bob)
  await alice.client.groups.remove(chat, bob.handle)
  await say(alice, 'without bob')
  await settle(bob)
  expect(bob.client.chats()).toMatchObject([{ state: 'removed' }])
  await join(bob, link)
  await say(alice, 'second')
  await settle(bob)
  expect(await shownOf(bob)).toEqual(['alice: first', 'alice: second'])
  await say(bob, 'here again')
  await alice.client.groups.remove(chat, bob.handle, { ban: true })
  await settle(bob)
  await expect(join(bob, link)).rejects.toThrow(refusedFor('not_admitted'))
  expect(await shownOf(bob)).toEqual(['alice: first', 'alice: second', 'bob: here again'])
  expect(noticesOf(bob)).toEqual([])
})

test('M13 who left comes back by a link as soon as the others have taken them out', async () => {
  const { link } = await alice.client.groups.invite(chat)
  await join(bob, link)
  await bob.client.groups.leave(chat)
  await expect(join(bob, link)).rejects.toThrow(refusedFor('still_in_group'))
  await settle(alice)
  expect(handlesIn(alice)).toEqual(['alice owner'])
  await settle(bob)
  expect(bob.client.chats()).toMatchObject([{ chat, state: 'open', people: 2 }])
  await settle(alice)
  await say(bob, 'here again')
  await settle(alice)
  expect(await shownOf(alice)).toEqual(['bob: here again'])
})

test('A3 M13 a new device of one who has just come by a link takes the place of the old one', async () => {
  const { link } = await alice.client.groups.invite(chat)
  await join(bob, link)
  const renewed = await signIn(server, bob, { replace: true })
  while (renewed.client.chats().length === 0) for (const person of [renewed, alice]) await catchUp(person)
  await say(renewed, 'from the new one')
  await say(alice, 'seen')
  await settle(renewed)
  expect(await shownOf(renewed)).toEqual(['bob: from the new one', 'alice: seen'])
  expect(await shownOf(alice)).toEqual(['bob: from the new one', 'alice: seen'])
  expect(handlesIn(alice)).toEqual(['alice owner', 'bob member'])
  expect(await join(renewed, link)).toEqual({ chat, status: 'joined' })
  expect(await alice.client.groups.invites(chat)).toMatchObject([{ uses: 1 }])
})

test('F7 an answer that is lost leaves the device joining, and its next session goes on', async () => {
  const { link } = await alice.client.groups.invite(chat)
  bob.line.onRequest = ({ name }) => {
    if (name === 'JoinGroup') bob.line.losesAnswers = true
  }
  await expect(join(bob, link)).rejects.toThrow()
  expect(bob.client.chats()).toEqual([])
  bob.line.losesAnswers = false
  bob.line.onRequest = () => {}
  const again = await reopen(server, bob)
  await settle(alice, again)
  await say(alice, 'welcome')
  await settle(again)
  expect(await shownOf(again)).toEqual(['alice: welcome'])
  expect(await alice.client.groups.invites(chat)).toMatchObject([{ uses: 1 }])
  expect(again.line.calls).toContain('JoinGroup')
})

test('F16 a program that dies anywhere while it joins, joins', async () => {
  const { link } = await alice.client.groups.invite(chat)
  // Past these steps it is in, and learns who is there.
  for (let after = 1; after <= MORTAL_STEPS; after++) {
    const handle = server.newHandle('eve')
    const mortal = new Mortal(server, handle)
    await (await mortal.client()).register({ handle, name: 'Eve', password: `password of ${handle}` })
    await mortal.survive({ kind: 'step', after }, (alive) => alive.join(link))
    expect(mortal.deaths).toBe(1)
    const client = await mortal.client()
    await client.catchUp(CATCH_UP_MS)
    expect(client.chats()).toMatchObject([{ chat, state: 'open' }])
    await client.send(chat, `eve ${after}`)
    await client.catchUp(CATCH_UP_MS)
    expect(mortal.notices).toEqual([])
    await mortal.close()
  }
  await settle(alice)
  expect(await shownOf(alice)).toHaveLength(MORTAL_STEPS)
  expect(noticesOf(alice)).toEqual([])
  expect(await alice.client.groups.invites(chat)).toMatchObject([{ uses: MORTAL_STEPS }])
})

test('A9 a server that shows a past that was not is found out by the first message', async () => {
  const { link } = await alice.client.groups.invite(chat)
  bob.line.tamper = (answer) => {
    if (answer.$typeName === 'veche.chats.v1.JoinGroupResponse')
      (answer as JoinGroupResponse).previousLogHash = new Uint8Array(32).fill(1)
  }
  await join(bob, link)
  await settle(alice)
  await say(alice, 'hello')
  await settle(bob)
  expect(noticesOf(bob)).toEqual(['fork'])
})

test('A5 a server that hands out an old group, or another one, leads nobody in', async () => {
  const { link } = await alice.client.groups.invite(chat)
  const given: FetchInviteResponse[] = []
  bob.line.tamper = (answer) => {
    if (answer.$typeName === 'veche.chats.v1.FetchInviteResponse') given.push(answer as FetchInviteResponse)
  }
  await join(bob, link)
  await settle(alice)
  const { sealedKey, joinInfoCiphertext } = given[0]!
  let asked = 0
  carol.line.tamper = (answer) => {
    if (answer.$typeName !== 'veche.chats.v1.FetchInviteResponse') return
    asked++
    Object.assign(answer, { sealedKey, joinInfoCiphertext })
  }
  await expect(join(carol, link)).rejects.toThrow(refusedFor('busy'))
  expect(asked).toBe(6)
  carol.line.tamper = (answer) => {
    if (answer.$typeName === 'veche.chats.v1.FetchInviteResponse')
      Object.assign(answer, { joinInfoCiphertext: new Uint8Array(300) })
  }
  await expect(join(carol, link)).rejects.toThrow(refusedFor('join_invalid'))
  carol.line.tamper = () => {}
  await join(carol, link)
  await settle(alice)
  expect(handlesIn(alice)).toEqual(['alice owner', 'bob member', 'carol member'])
})

test('A4 a link of another server, or a wrong one, is not shown to this server', async () => {
  const elsewhere = await startTestServer()
  try {
    const eve = await registerPerson(elsewhere, 'eve')
    const { chat: other } = await eve.client.groups.create({ name: 'Elsewhere' })
    const { link } = await eve.client.groups.invite(other)
    const before = bob.line.calls.length
    await expect(join(bob, link)).rejects.toThrow(wrongFor('other_server'))
    const typo = link.replace(/#join=vi-./, '#join=vi-x')
    for (const text of [typo, 'vr-abcdefghijklmnopqrstuvwxyz', '', 'https://veche.example/#code=vi-x'])
      await expect(join(bob, text)).rejects.toThrow(wrongFor('link_invalid'))
    expect(bob.line.calls).toHaveLength(before)
  } finally {
    await elsewhere[Symbol.asyncDispose]()
  }
})

test('M13 one link may take a newcomer from nothing to reading', async () => {
  const registration = `vr-${'a'.repeat(26)}`
  const { link } = await alice.client.groups.invite(chat, { registration })
  expect(link).toMatch(/&code=vr-a{26}$/)
  expect(parseInviteLink(link)).toMatchObject({ chat, registration, server: 'memory://' })
  await join(bob, link)
  expect(equalBytes(parseInviteLink(link).seed, new Uint8Array(32))).toBe(false)
  expect(accountOf(bob)).toBeDefined()
})
