import type { ChatId } from '@veche/protocol'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { GroupChat } from './chat-views.ts'
import {
  catchUp,
  noticesOf,
  openChat,
  openPerson,
  type Person,
  registerPerson,
  reopen,
  settle,
  textsOf,
} from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'
import type { ReadyAccount } from './views.ts'

let server: TestServer
let count = 0
let alice: Person
let bob: Person
let carol: Person

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(async () => {
  count++
  alice = await registerPerson(server, `alice${count}`)
  bob = await registerPerson(server, `bob${count}`)
  carol = await registerPerson(server, `carol${count}`)
})

const refusedFor = (reason: string) => expect.objectContaining({ reason })
const accountOf = ({ client }: Person) => (client.account as ReadyAccount).account
const say = ({ client }: Person, chat: ChatId, text: string) => client.send(chat, text)

function groupOf({ client }: Person, chat: ChatId): GroupChat {
  const found = client.chats().find((one) => one.chat === chat)
  if (found?.type !== 'group') throw new Error('not a group')
  return found
}

const rolesOf = ({ client }: Person, chat: ChatId) =>
  Object.fromEntries(
    client.groups.members(chat).map(({ handle, role }) => [handle.replace(/\d+$/, ''), role]),
  )
const shownOf = async ({ client }: Person, chat: ChatId) =>
  (await client.history(chat, { limit: 100 })).map(
    ({ from, text }) => `${from.handle.replace(/\d+$/, '')}: ${text}`,
  )
const changesOf = ({ events }: Person) =>
  events.flatMap((event) =>
    event.type === 'group' ? [`${event.change} ${event.who?.handle.replace(/\d+$/, '') ?? '-'}`] : [],
  )

/** Carol is asked for everything; everybody else lets anybody. */
async function allowAll(...people: Person[]): Promise<void> {
  for (const { client } of people) await client.settings.setAcceptance('allowed')
}

async function groupOfThree(): Promise<ChatId> {
  await allowAll(bob, carol)
  const { chat } = await alice.client.groups.create({ name: 'The village', description: 'All of us' })
  expect(await alice.client.groups.add(chat, bob.handle)).toMatchObject({ status: 'added' })
  expect(await alice.client.groups.add(chat, carol.handle)).toMatchObject({ status: 'added' })
  await settle(bob, carol, alice)
  return chat
}

test('M13 a group is there for who makes it, by its name and with its rules', async () => {
  const { chat } = await alice.client.groups.create({ name: 'The village', description: 'All of us' })
  expect(groupOf(alice, chat)).toMatchObject({
    name: 'The village',
    description: 'All of us',
    role: 'owner',
    people: 1,
    canWrite: true,
    state: 'open',
  })
  expect(alice.client.findChat('the VILLAGE')).toBe(chat)
  expect(alice.client.findChat(chat)).toBe(chat)
  expect(alice.client.groups.members(chat)).toMatchObject([
    { handle: alice.handle, you: true, role: 'owner' },
  ])
  expect(alice.client.groups.rights(chat)).toMatchObject({ write: 'member', rename: 'admin' })
  alice = await reopen(server, alice)
  expect(groupOf(alice, chat)).toMatchObject({ name: 'The village', role: 'owner' })
  await alice.client.groups.create({ name: 'the village' })
  expect(() => alice.client.findChat('The Village')).toThrow(refusedFor('chat_ambiguous'))
})

test('M13 a name out of bounds makes no group', async () => {
  for (const name of ['', ' a', 'a ', 'a\nb', 'x'.repeat(65), '\ud800']) {
    await expect(alice.client.groups.create({ name })).rejects.toEqual(refusedFor('name_invalid'))
  }
  const description = 'x'.repeat(501)
  await expect(alice.client.groups.create({ name: 'a', description })).rejects.toEqual(
    refusedFor('description_invalid'),
  )
  expect(alice.client.chats()).toEqual([])
})

test('M11 M13 a contact is added at once; who is asked comes in by the device that asked, once they allow it', async () => {
  await openChat(alice, bob)
  const { chat } = await alice.client.groups.create({ name: 'The village' })
  expect(await alice.client.groups.add(chat, bob.handle)).toMatchObject({ status: 'added' })
  const asked = await alice.client.groups.add(chat, carol.handle)
  expect(asked).toMatchObject({ status: 'pending' })
  expect((await alice.client.requests.list()).outgoing).toMatchObject([
    { id: asked.request, group: true, chat },
  ])
  // The server asks when it has answered, so that the answer's time tells nothing (B6).
  const isAsked = () => carol.events.some((event) => event.type === 'request' && event.group === true)
  while (!isAsked()) await catchUp(carol)
  const { incoming } = await carol.client.requests.list()
  expect(incoming).toMatchObject([{ handle: alice.handle, group: true }])
  await carol.client.requests.answer(incoming[0]!.id, 'allow')
  await settle(alice, bob, carol)
  expect(groupOf(carol, chat)).toMatchObject({ name: 'The village', people: 3, role: 'member' })
  expect(await alice.client.groups.add(chat, carol.handle)).toMatchObject({ status: 'member' })
  expect(rolesOf(bob, chat)).toEqual({ alice: 'owner', bob: 'member', carol: 'member' })
  expect(changesOf(bob)).toEqual(['members carol'])
})

test('M1 M13 all read the same messages in one order, by the right names; who comes later reads no earlier one', async () => {
  await allowAll(bob, carol)
  const { chat } = await alice.client.groups.create({ name: 'The village' })
  await alice.client.groups.add(chat, bob.handle)
  await say(alice, chat, 'before carol')
  await settle(alice, bob)
  await alice.client.groups.add(chat, carol.handle)
  await settle(bob, carol, alice)
  for (const [person, text] of [
    [bob, 'one'],
    [carol, 'two'],
    [alice, 'three'],
    [carol, 'four'],
  ] as const) {
    await say(person, chat, text)
    await catchUp(person)
  }
  await settle(alice, bob, carol)
  const after = ['bob: one', 'carol: two', 'alice: three', 'carol: four']
  expect(await shownOf(alice, chat)).toEqual(['alice: before carol', ...after])
  expect(await shownOf(bob, chat)).toEqual(['alice: before carol', ...after])
  expect(await shownOf(carol, chat)).toEqual(after)
  const told = bob.events.flatMap((event) => (event.type === 'message' ? [event.from.handle] : []))
  expect(told).toEqual([alice.handle, bob.handle, carol.handle, alice.handle, carol.handle])
  for (const person of [alice, bob, carol]) expect(noticesOf(person)).toEqual([])
})

test('A3 A19 M13 a person’s new device comes into the group by the others, and the one before it goes out', async () => {
  const chat = await groupOfThree()
  const phone = await openPerson(server, bob.handle)
  await phone.client.login({ handle: bob.handle, password: `password of ${bob.handle}`, replace: true })
  for (let tries = 0; tries < 10 && phone.client.chats().length === 0; tries++)
    await settle(alice, carol, phone)
  expect(groupOf(phone, chat)).toMatchObject({ name: 'The village', people: 3, role: 'member' })
  await say(phone, chat, 'from the phone')
  await settle(phone, alice, carol)
  for (const person of [alice, carol, phone])
    expect(await shownOf(person, chat)).toEqual(['bob: from the phone'])
  expect(await textsOf(bob, chat)).toEqual([])
  expect(noticesOf(alice)).toContain('new-device')
  expect(changesOf(alice)).toEqual(['members bob', 'members carol'])
})

test('M13 a new name is seen by all, also by who comes later; a member cannot give one', async () => {
  const chat = await groupOfThree()
  await expect(bob.client.groups.rename(chat, { name: 'Mine' })).rejects.toEqual(refusedFor('not_allowed'))
  await alice.client.groups.rename(chat, { name: 'The town' })
  await settle(bob, carol)
  for (const person of [alice, bob, carol]) {
    expect(groupOf(person, chat)).toMatchObject({ name: 'The town', description: 'All of us' })
  }
  expect(changesOf(bob)).toEqual(['members carol', 'profile -'])
  const dave = await registerPerson(server, `dave${count}`)
  await allowAll(dave)
  await alice.client.groups.add(chat, dave.handle)
  await settle(dave)
  expect(groupOf(dave, chat).name).toBe('The town')
})

test('M13 a reader reads and cannot write; what was written is kept as not sent', async () => {
  const chat = await groupOfThree()
  await alice.client.groups.setRole(chat, bob.handle, 'reader')
  const { acknowledged } = await say(bob, chat, 'I did not know')
  const outcome = acknowledged.then(
    () => 'sent',
    (error) => error.reason,
  )
  await settle(bob, carol, alice)
  expect(await outcome).toBe('not_allowed')
  expect(groupOf(bob, chat)).toMatchObject({ role: 'reader', canWrite: false, notSent: 1, state: 'open' })
  expect(bob.client.unsent.list(chat)).toMatchObject([{ text: 'I did not know', reason: 'not_allowed' }])
  await say(alice, chat, 'read this')
  await settle(alice, bob, carol)
  expect(await textsOf(carol, chat)).toEqual(['read this'])
  expect(await textsOf(bob, chat)).toEqual(['read this', 'I did not know'])
  expect(changesOf(carol)).toContain('roles bob')
})

test('M13 in an announcement group only admins write; rights can be changed, and are refused to a member', async () => {
  await allowAll(bob)
  const { chat } = await alice.client.groups.create({ name: 'News', announce: true })
  await alice.client.groups.add(chat, bob.handle)
  await settle(bob, alice)
  expect(groupOf(bob, chat).canWrite).toBe(false)
  await expect(bob.client.groups.setRights(chat, { write: 'member' })).rejects.toEqual(
    refusedFor('not_allowed'),
  )
  await alice.client.groups.setRights(chat, { write: 'member' })
  await settle(bob)
  expect(groupOf(bob, chat).canWrite).toBe(true)
  expect(bob.client.groups.rights(chat).write).toBe('member')
  expect(changesOf(bob)).toContain('rights -')
})

test('M13 a group is handed over by one commit', async () => {
  const chat = await groupOfThree()
  const epochOf = () => alice.client.chats().find((one) => one.chat === chat)!.position
  const before = epochOf()
  await alice.client.groups.handOver(chat, bob.handle)
  await settle(alice, bob, carol)
  expect(epochOf()).toBe(before + 1n)
  for (const person of [alice, bob, carol]) {
    expect(rolesOf(person, chat)).toEqual({ alice: 'admin', bob: 'owner', carol: 'member' })
  }
  await expect(alice.client.groups.handOver(chat, carol.handle)).rejects.toEqual(refusedFor('not_allowed'))
})

test('M4 M13 roles are given below one’s own, and one may step down', async () => {
  const chat = await groupOfThree()
  await alice.client.groups.setRole(chat, bob.handle, 'admin')
  await catchUp(bob)
  await bob.client.groups.setRole(chat, carol.handle, 'reader')
  await expect(bob.client.groups.setRole(chat, alice.handle, 'member')).rejects.toEqual(
    refusedFor('not_allowed'),
  )
  await expect(bob.client.groups.setRole(chat, 'nobody', 'member')).rejects.toEqual(
    refusedFor('person_unknown'),
  )
  await bob.client.groups.setRole(chat, bob.handle, 'member')
  await settle(alice, carol)
  for (const person of [alice, bob, carol]) {
    expect(rolesOf(person, chat)).toEqual({ alice: 'owner', bob: 'member', carol: 'reader' })
  }
})

test('A7 M13 who is removed reads nothing later, keeps what was, and may come back; who is banned may not', async () => {
  const chat = await groupOfThree()
  await say(alice, chat, 'with bob')
  await settle(alice, bob, carol)
  await alice.client.groups.remove(chat, bob.handle)
  await say(alice, chat, 'without bob')
  await settle(alice, bob, carol)
  expect(groupOf(bob, chat)).toMatchObject({ state: 'removed', canWrite: false })
  expect(await textsOf(bob, chat)).toEqual(['with bob'])
  expect(changesOf(bob)).toContain('left -')
  await expect(say(bob, chat, 'still here?')).rejects.toEqual(refusedFor('chat_closed'))
  bob = await reopen(server, bob)
  await catchUp(bob)
  expect(await alice.client.groups.add(chat, bob.handle)).toMatchObject({ status: 'added' })
  await settle(bob, carol, alice)
  await say(bob, chat, 'back again')
  await settle(bob, carol, alice)
  expect(await textsOf(bob, chat)).toEqual(['with bob', 'back again'])
  expect(await textsOf(carol, chat)).toEqual(['with bob', 'without bob', 'back again'])
  await alice.client.groups.remove(chat, bob.handle, { ban: true })
  await expect(alice.client.groups.add(chat, bob.handle)).rejects.toEqual(refusedFor('not_allowed'))
  expect(alice.client.groups.banned(chat)).toMatchObject([{ handle: bob.handle }])
  await alice.client.groups.unban(chat, accountOf(bob))
  expect(await alice.client.groups.add(chat, bob.handle)).toMatchObject({ status: 'added' })
  await settle(bob, carol, alice)
  expect(groupOf(bob, chat)).toMatchObject({ state: 'open', people: 3 })
})

test('M13 every client finds its groups again by its journal alone', async () => {
  const chat = await groupOfThree()
  await say(carol, chat, 'hello')
  await settle(carol, alice, bob)
  const before = [alice, bob, carol].map((person) => person.client.groups.members(chat))
  await server.restart()
  const again = [await reopen(server, alice), await reopen(server, bob), await reopen(server, carol)]
  expect(again.map(({ client }) => client.groups.members(chat))).toEqual(before)
  for (const person of again) {
    expect(groupOf(person, chat)).toMatchObject({ name: 'The village', people: 3, state: 'open' })
    expect(await shownOf(person, chat)).toEqual(['carol: hello'])
  }
  await again[0]!.client.groups.rename(chat, { name: 'The town' })
  await settle(...again)
  for (const person of again) expect(groupOf(person, chat).name).toBe('The town')
})

test('M13 two admins commit at once: both are done, and nobody parts from the others', async () => {
  const chat = await groupOfThree()
  await alice.client.groups.setRole(chat, bob.handle, 'admin')
  await settle(bob, carol)
  await Promise.all([
    alice.client.groups.rename(chat, { name: 'The town' }),
    bob.client.groups.setRole(chat, carol.handle, 'reader'),
    alice.client.groups.setRights(chat, { add: 'owner' }),
  ])
  await settle(alice, bob, carol)
  for (const person of [alice, bob, carol]) {
    expect(groupOf(person, chat).name).toBe('The town')
    expect(rolesOf(person, chat).carol).toBe('reader')
    expect(person.client.groups.rights(chat).add).toBe('owner')
    expect(noticesOf(person)).toEqual([])
  }
})

test('M13 who was away catches up over many commits', async () => {
  const chat = await groupOfThree()
  for (let index = 0; index < 5; index++) {
    await alice.client.groups.rename(chat, { name: `Name ${index}` })
    await say(alice, chat, `message ${index}`)
    await catchUp(alice)
  }
  const dave = await registerPerson(server, `dave${count}`)
  await allowAll(dave)
  await alice.client.groups.add(chat, dave.handle)
  await settle(dave)
  await say(dave, chat, 'I am dave')
  await settle(dave)
  carol = await reopen(server, carol)
  await catchUp(carol)
  expect(groupOf(carol, chat)).toMatchObject({ name: 'Name 4', people: 4 })
  expect((await shownOf(carol, chat)).at(-1)).toBe('dave: I am dave')
  expect(await textsOf(carol, chat)).toHaveLength(6)
  expect(noticesOf(carol)).toEqual([])
})

test('M13 who leaves is out at once, and the others take them out', async () => {
  const chat = await groupOfThree()
  await say(bob, chat, 'goodbye')
  await settle(bob)
  await bob.client.groups.leave(chat)
  expect(groupOf(bob, chat)).toMatchObject({ state: 'removed' })
  expect(changesOf(bob).at(-1)).toBe('left -')
  await settle(alice, carol, alice)
  await say(alice, chat, 'he is gone')
  await settle(alice, carol, bob)
  for (const person of [alice, carol]) {
    expect(rolesOf(person, chat)).not.toHaveProperty('bob')
    expect(await shownOf(person, chat)).toEqual(['bob: goodbye', 'alice: he is gone'])
    expect(changesOf(person)).toContain('members bob')
  }
  expect(await textsOf(bob, chat)).toEqual(['goodbye'])
  bob = await reopen(server, bob)
  expect(groupOf(bob, chat)).toMatchObject({ name: 'The village', state: 'removed' })
})

test('M22 a group is kept by right on the server, and by each on their device', async () => {
  const chat = await groupOfThree()
  expect(bob.client.keeping.get(chat)).toEqual({
    device: true,
    server: true,
    ownServer: true,
    peerServer: true,
  })
  await bob.client.keeping.set(chat, { device: false })
  expect(bob.client.keeping.get(chat)).toMatchObject({ device: false, server: true })
  await expect(bob.client.keeping.set(chat, { server: false })).rejects.toEqual(refusedFor('not_allowed'))
  expect(await alice.client.keeping.set(chat, { server: false })).toMatchObject({
    server: false,
    device: true,
  })
  await settle(bob, carol)
  expect(carol.client.keeping.get(chat)).toEqual({
    device: true,
    server: false,
    ownServer: false,
    peerServer: true,
  })
})

test('M13 what is no group has no members', async () => {
  const chat = await openChat(alice, bob)
  expect(() => alice.client.groups.members(chat)).toThrow(refusedFor('not_a_group'))
  await expect(alice.client.groups.add(chat, carol.handle)).rejects.toEqual(refusedFor('not_a_group'))
})
