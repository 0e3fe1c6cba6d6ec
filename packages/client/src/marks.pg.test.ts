import type { ChatId } from '@veche/protocol'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { catchUp, openChat, openPerson, type Person, registerPerson, reopen } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

const PATIENCE = { timeout: 20_000 }
let server: TestServer
let count = 0
const online: { stop: AbortController; over: Promise<void> }[] = []

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())
afterEach(async () => {
  for (const { stop } of online) stop.abort()
  await Promise.all(online.splice(0).map(({ over }) => over))
})

async function people<Names extends string[]>(...names: Names): Promise<{ [K in keyof Names]: Person }> {
  const prefix = `m-${'abcefghjkpqrstuvwxyz'[count++]}`
  const registered: Person[] = []
  for (const name of names) registered.push(await registerPerson(server, `${prefix}-${name}`))
  return registered as { [K in keyof Names]: Person }
}

/** Connected until the test ends. */
function connect(...persons: Person[]): void {
  for (const { client } of persons) {
    const stop = new AbortController()
    online.push({ stop, over: client.connect(stop.signal) })
  }
}
const summary = ({ client }: Person, chat: ChatId) => client.chats().find((one) => one.chat === chat)!
const stateOf = async ({ client }: Person, chat: ChatId) =>
  (await client.history(chat, { limit: 1 }))[0]!.state
const until = (check: () => unknown) => vi.waitFor(check, PATIENCE)
const eventsOf = <Type extends string>({ events }: Person, type: Type) =>
  events.filter((event) => event.type === type)

/** Everything that is there was shown to the person. */
async function readAll(person: Person, chat: ChatId): Promise<void> {
  await person.client.keeping.markRead(chat, summary(person, chat).position)
}

test('M20 an own message waits, is sent, delivered, read: each when it is so', async () => {
  const [alice, bob] = await people('alice', 'bob')
  const chat = await openChat(alice, bob)
  await alice.client.send(chat, 'Вы дома?')
  expect(await stateOf(alice, chat)).toBe('waiting')
  await catchUp(alice)
  expect(await stateOf(alice, chat)).toBe('sent')
  await catchUp(bob)
  await catchUp(alice)
  expect(await stateOf(alice, chat)).toBe('delivered')
  await readAll(bob, chat)
  await catchUp(bob)
  await catchUp(alice)
  expect(await stateOf(alice, chat)).toBe('read')
  expect(summary(alice, chat).last?.state).toBe('read')
  const again = await reopen(server, alice)
  expect(await stateOf(again, chat)).toBe('read')
  expect(await stateOf(bob, chat)).toBe('sent') // of others nothing more is to be said
})

test('M20 while both are there, each step is told as it happens', async () => {
  const [alice, bob] = await people('alice', 'bob')
  const chat = await openChat(alice, bob)
  connect(alice, bob)
  const { acknowledged } = await alice.client.send(chat, 'Вы дома?')
  const { seq } = await acknowledged
  const upTo = (event: object) => 'seq' in event && (event.seq as bigint) >= seq
  await until(() => expect(eventsOf(alice, 'delivered').some(upTo)).toBe(true))
  await until(() => expect(summary(bob, chat).unread).toBe(1))
  await readAll(bob, chat)
  await until(() => expect(eventsOf(alice, 'read').some(upTo)).toBe(true))
  const { account, handle } = bob.client.account as { account: string; handle: string }
  expect(eventsOf(alice, 'read').at(-1)).toMatchObject({ chat, by: { account, handle }, with: { handle } })
})

test('M20 that somebody writes is told, ends with the message, and is not told twice in four seconds', async () => {
  const [alice, bob] = await people('alice', 'bob')
  const chat = await openChat(alice, bob)
  connect(alice, bob)
  await until(() => expect(eventsOf(bob, 'connection').at(-1)).toMatchObject({ state: 'connected' }))
  await until(() => expect(eventsOf(alice, 'connection').at(-1)).toMatchObject({ state: 'connected' }))
  for (let key = 0; key < 20; key++) alice.client.marks.setTyping(chat, true)
  await until(() => expect(eventsOf(bob, 'typing')).toHaveLength(1))
  await alice.client.send(chat, 'Написала')
  await until(() => expect(eventsOf(bob, 'typing')).toHaveLength(2))
  expect(eventsOf(bob, 'typing')).toMatchObject([
    { chat, by: { handle: alice.handle }, typing: true },
    { chat, typing: false },
  ])
  alice.client.marks.setTyping(chat, true)
  await until(() => expect(eventsOf(bob, 'typing')).toHaveLength(3))
  alice.client.marks.setTyping(chat, false)
  await until(() => expect(eventsOf(bob, 'typing').at(-1)).toMatchObject({ typing: false }))
})

test('M20 who switches read marks off neither shows theirs nor sees others’', async () => {
  const [alice, bob] = await people('alice', 'bob')
  const chat = await openChat(alice, bob)
  expect(alice.client.marks.switches).toEqual({ readMarks: true, typing: true })
  await alice.client.send(chat, 'Раз')
  for (const person of [alice, bob]) await catchUp(person)
  await readAll(bob, chat)
  for (const person of [bob, alice]) await catchUp(person)
  expect(await stateOf(alice, chat)).toBe('read')
  await alice.client.marks.setSwitches({ readMarks: false })
  expect(await stateOf(alice, chat)).toBe('delivered')
  await bob.client.send(chat, 'Два')
  for (const person of [bob, alice]) await catchUp(person)
  await readAll(alice, chat)
  await readAll(bob, chat)
  for (const person of [alice, bob, alice]) await catchUp(person)
  expect(await stateOf(bob, chat)).toBe('delivered')
  const again = await reopen(server, alice)
  expect(again.client.marks.switches).toEqual({ readMarks: false, typing: true })
  expect(await stateOf(again, chat)).toBe('sent')
  expect((await again.client.history(chat, { limit: 2 }))[0]!.state).toBe('delivered')
})

test('M20 in a group one sees how many have read, and their names when asked', async () => {
  const [alice, bob, carol] = await people('alice', 'bob', 'carol')
  await openChat(alice, bob)
  await openChat(alice, carol)
  const { chat } = await alice.client.groups.create({ name: 'Огород' })
  for (const { handle } of [bob, carol]) await alice.client.groups.add(chat, handle)
  for (const person of [bob, carol, alice]) await catchUp(person)
  await alice.client.send(chat, 'Рассада готова')
  for (const person of [alice, bob, carol]) await catchUp(person)
  await readAll(bob, chat)
  for (const person of [bob, alice]) await catchUp(person)
  const [shown] = await alice.client.history(chat, { limit: 1 })
  expect(shown).toMatchObject({ state: 'sent', readBy: 1 })
  await readAll(carol, chat)
  for (const person of [carol, alice]) await catchUp(person)
  expect(await stateOf(alice, chat)).toBe('sent')
  const names = alice.client.marks.readers(chat, shown!.seq!).map(({ handle }) => handle)
  expect(names.sort()).toEqual([bob.handle, carol.handle])
})

test('M20 what was muted, pinned and read is so on the next device of the account', async () => {
  const [alice, bob] = await people('alice', 'bob')
  const chat = await openChat(alice, bob)
  const until = Date.now() + 3_600_000
  await alice.client.marks.mute(chat, until)
  await alice.client.marks.pin(chat, true)
  expect(summary(alice, chat)).toMatchObject({ muted: true, mutedUntil: until, pinned: true })
  await catchUp(alice)
  await alice.client.logout({ keepHistory: false })
  const renewed = await openPerson(server, alice.handle)
  await renewed.client.login({ handle: alice.handle, password: `password of ${alice.handle}`, replace: true })
  while (renewed.client.chats().length === 0) for (const person of [renewed, bob]) await catchUp(person)
  await catchUp(renewed)
  expect(summary(renewed, chat)).toMatchObject({ muted: true, mutedUntil: until, pinned: true })
  await renewed.client.marks.mute(chat, 'off')
  await renewed.client.marks.pin(chat, false)
  expect(summary(renewed, chat)).toMatchObject({ muted: false, pinned: false })
  await renewed.client.marks.mute(chat, 'for-good')
  expect(summary(renewed, chat).muted).toBe(true)
  expect(summary(renewed, chat).mutedUntil).toBeUndefined()
})

test('a draft survives, is each chat’s own, and goes with the message that it becomes', async () => {
  const [alice, bob, carol] = await people('alice', 'bob', 'carol')
  const [withBob, withCarol] = [await openChat(alice, bob), await openChat(alice, carol)]
  await alice.client.marks.setDraft(withBob, 'Боб, я')
  await alice.client.marks.setDraft(withCarol, 'Кэрол')
  const again = await reopen(server, alice)
  expect([withBob, withCarol].map((chat) => again.client.marks.draft(chat))).toEqual(['Боб, я', 'Кэрол'])
  expect(again.client.chats().map(({ draft }) => draft)).toEqual(['Боб, я', 'Кэрол'])
  await again.client.send(withBob, 'Боб, я дома', { fromDraft: true })
  await again.client.send(withCarol, 'Другое')
  expect([withBob, withCarol].map((chat) => again.client.marks.draft(chat))).toEqual(['', 'Кэрол'])
  await again.client.marks.setDraft(withCarol, '')
  const last = await reopen(server, again)
  expect([withBob, withCarol].map((chat) => last.client.marks.draft(chat))).toEqual(['', ''])
})

test('M19 B7 while one blocks, neither learns that the other has read or writes', async () => {
  const [alice, bob] = await people('alice', 'bob')
  const chat = await openChat(alice, bob)
  await alice.client.send(chat, 'Раз')
  for (const person of [alice, bob]) await catchUp(person)
  await bob.client.people.block(alice.handle)
  const before = alice.events.length
  connect(alice, bob)
  await until(() => expect(eventsOf(alice, 'connection').at(-1)).toMatchObject({ state: 'connected' }))
  await readAll(bob, chat)
  bob.client.marks.setTyping(chat, true)
  await bob.client.marks.mute(chat, 'for-good')
  for (const { stop } of online) stop.abort()
  await Promise.all(online.splice(0).map(({ over }) => over))
  await catchUp(alice)
  expect(await stateOf(alice, chat)).toBe('sent')
  const later = alice.events.slice(before)
  expect(later.filter(({ type }) => ['read', 'typing', 'delivered'].includes(type))).toEqual([])
})
