/** A chat that no device can go on with, for the server has lost a part of its log, is begun anew (F23, F24). */
import { setTimeout as pause } from 'node:timers/promises'
import type { ChatId } from '@veche/protocol'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  catchUp,
  noticesOf,
  openChat,
  type Person,
  registerPerson,
  reopen,
  settle,
  signIn,
  textsOf,
} from './testing/people.ts'
import { everybodyTalks, expectTexts, follow, openGroup, say } from './testing/talking.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

const SOON = { timeout: 60_000 }

let server: TestServer
let count = 0
let alice: Person
let bob: Person
const stops: AbortController[] = []

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => {
  for (const stop of stops) stop.abort()
  await server[Symbol.asyncDispose]()
})
beforeEach(async () => {
  for (const stop of stops.splice(0)) stop.abort()
  count++
  alice = await registerPerson(server, `alice${count}`)
  bob = await registerPerson(server, `bob${count}`)
})

/** Connected until the test ends. */
function stay(...people: readonly Person[]): void {
  for (const person of people) stops.push(follow(person))
}

async function others(...names: readonly string[]): Promise<Person[]> {
  const people: Person[] = []
  for (const name of names) people.push(await registerPerson(server, `${name}${count}`))
  return people
}

const chatOf = ({ client }: Person, chat: ChatId) => client.chats().find((one) => one.chat === chat)
const told = (person: Person) => noticesOf(person).filter((notice) => notice !== 'server-behind')

test('F23 F24 M14 a private chat goes on after the server was put back, and nothing is missing or doubled', async () => {
  const chat = await openChat(alice, bob)
  await say(alice, chat, 'one', bob)
  const restore = await server.copy()
  await say(bob, chat, 'two, lost by the server', alice)
  await say(alice, chat, 'three, lost as well', bob)
  await restore()
  await alice.client.send(chat, 'four, written meanwhile')
  const began = performance.now()
  stay(alice, bob)
  const texts = ['one', 'two, lost by the server', 'three, lost as well', 'four, written meanwhile']
  await expectTexts([alice, bob], chat, texts)
  console.info(`F24: usable again after ${Math.round(performance.now() - began)} ms`)
  const all = await everybodyTalks([alice, bob], chat, texts)
  for (const person of [alice, bob]) expect(told(person)).toEqual(['begun-anew'])
  // What stood before and after is in the archive for a device that comes later, each person's in their order.
  for (const stop of stops.splice(0)) stop.abort()
  const again = [await reopen(server, alice), await reopen(server, bob)] as const // the keys are in the backup then
  const phone = await signIn(server, bob)
  stay(...again, phone)
  await expect.poll(async () => (await textsOf(phone, chat)).toSorted(), SOON).toEqual(all.toSorted())
  const ofAlice = (texts: readonly string[]) => texts.filter((text) => !/Bob|bob|two/.test(text))
  expect(ofAlice(await textsOf(phone, chat))).toEqual(ofAlice(all))
  await phone.client.send(chat, 'from the phone')
  await expectTexts(again, chat, [...all, 'from the phone'])
  expect(noticesOf(phone)).toEqual([])
})

test('F24 M13 a group of five goes on; who was away meanwhile comes later, also with what they had not had', async () => {
  const [carol, dave, erin] = await others('carol', 'dave', 'erin')
  const all = [alice, bob, carol!, dave!, erin!]
  const chat = await openGroup(alice, bob, carol!, dave!, erin!)
  await say(alice, chat, 'before', bob, carol!, dave!, erin!)
  await say(bob, chat, 'kept by the server, not had by Erin', alice, carol!, dave!)
  const restore = await server.copy()
  await say(carol!, chat, 'lost, and had by all but Dave and Erin', alice, bob)
  await alice.client.groups.setRights(chat, { invite: 'member' })
  await say(alice, chat, 'lost, and had by Bob alone', bob)
  await restore()
  const began = performance.now()
  stay(alice, bob, carol!)
  const texts = [
    'before',
    'kept by the server, not had by Erin',
    'lost, and had by all but Dave and Erin',
    'lost, and had by Bob alone',
  ]
  await expectTexts([alice, bob, carol!], chat, texts)
  console.info(`F24, five: usable again after ${Math.round(performance.now() - began)} ms`)
  const more = await everybodyTalks([alice, bob, carol!], chat, texts)
  stay(dave!, erin!)
  for (const late of [dave!, erin!]) {
    await expect.poll(async () => new Set(await textsOf(late, chat)), SOON).toEqual(new Set(more))
    expect((await textsOf(late, chat)).length).toBe(more.length)
    // Where one began it who knew less than others it was begun twice.
    expect(told(late)).toContain('begun-anew')
    expect(told(late).filter((notice) => notice !== 'begun-anew' && notice !== 'replaced-device')).toEqual([])
  }
  await bob.client.send(chat, 'all five')
  for (const person of all) await expect.poll(() => textsOf(person, chat), SOON).toContain('all five')
  expect(chatOf(erin!, chat)).toMatchObject({ state: 'open', people: 5 })
})

test('F24 A7 of all who begin it at once one is first, and the others go on in that', async () => {
  const [carol] = await others('carol')
  const all = [alice, bob, carol!]
  const chat = await openGroup(alice, bob, carol!)
  const restore = await server.copy()
  const texts = ['one', 'two', 'three']
  for (const [index, person] of all.entries()) {
    await person.client.send(chat, texts[index]!)
    await settle(...all)
  }
  await restore()
  for (const person of all) await person.client.send(chat, `${person.handle}, meanwhile`)
  stay(...all)
  for (const person of all) {
    await expect.poll(async () => (await textsOf(person, chat)).length, SOON).toBe(6)
    expect((await textsOf(person, chat)).slice(0, 3)).toEqual(texts)
    expect(told(person)).toEqual(['begun-anew'])
  }
})

test('F24 A7 who is overtaken while they look goes on in the other’s, and nothing takes the place of what they do there', async () => {
  const chat = await openChat(alice, bob)
  const restore = await server.copy()
  await say(alice, chat, 'lost', bob)
  await restore()
  // Bob has looked, and has no key packages yet, when he comes into Alice's; then his first commit there is under way.
  const isCommitting = Promise.withResolvers<void>()
  const isOver = Promise.withResolvers<void>()
  bob.line.hold = (when, name) => {
    if (when !== 'call') return undefined
    if (name === 'Append') isCommitting.resolve()
    return { ClaimKeyPackages: isCommitting.promise, Append: isOver.promise }[name]
  }
  stay(bob)
  await expect.poll(() => bob.line.calls, SOON).toContain('ClaimKeyPackages')
  stay(alice)
  await isCommitting.promise
  await pause(500)
  isOver.resolve()
  await everybodyTalks([alice, bob], chat, ['lost'])
  for (const person of [alice, bob]) expect(told(person)).toEqual(['begun-anew'])
})

test('F24 what came since the copy was made, and what it used up, hides nothing that comes after it', async () => {
  const [carol, dave] = await others('carol', 'dave')
  const chat = await openChat(alice, bob)
  const restore = await server.copy()
  // Bob's inbox goes on, and the key package by which Carol brings him in is used up; the copy has it.
  await dave!.client.requests.ask(bob.handle)
  await openChat(carol!, bob)
  await say(alice, chat, 'lost', bob)
  await restore()
  stay(alice)
  await expect.poll(() => told(alice), SOON).toEqual(['begun-anew'])
  stay(bob)
  await expect.poll(() => told(bob), SOON).toContain('begun-anew')
  await everybodyTalks([alice, bob], chat, ['lost'])
})

test('A1 M13 who knows of a ban follows no chat in which the banned is back: it is begun anew without them', async () => {
  const [carol, eve] = await others('carol', 'eve')
  const chat = await openGroup(alice, bob, carol!, eve!)
  const restore = await server.copy()
  await say(alice, chat, 'lost, and had by all', bob, carol!, eve!)
  await alice.client.groups.remove(chat, eve!.handle, { ban: true })
  await catchUp(alice, carol!)
  await restore()
  stay(bob, eve!)
  await bob.client.send(chat, 'Bob knows nothing of it')
  await expect.poll(() => textsOf(eve!, chat), SOON).toContain('Bob knows nothing of it')
  stay(carol!)
  await expect.poll(() => told(carol!), SOON).toContain('parted')
  expect(await textsOf(carol!, chat)).not.toContain('Bob knows nothing of it')
  stay(alice)
  for (const person of [alice, bob, carol!]) {
    await expect.poll(() => chatOf(person, chat), SOON).toMatchObject({ state: 'open', people: 3 })
  }
  await carol!.client.send(chat, 'without Eve')
  for (const person of [alice, bob])
    await expect.poll(() => textsOf(person, chat), SOON).toContain('without Eve')
  expect(await textsOf(eve!, chat)).not.toContain('without Eve')
})
