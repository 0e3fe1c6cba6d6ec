/** History on a new device (M15, M16): two devices of one account, and what the first had. */
import { Code, ConnectError } from '@connectrpc/connect'
import type { ChatId } from '@veche/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  catchUp,
  noticesOf,
  openChat,
  openPerson,
  type Person,
  registerPair,
  textsOf,
} from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

interface World {
  readonly alice: Person
  readonly bob: Person
  readonly chat: ChatId
}

/** Alice has talked with Bob, on one device. */
async function talked(messages: number): Promise<World> {
  const [alice, bob] = await registerPair(server)
  const chat = await openChat(alice, bob)
  for (let index = 0; index < messages; index++)
    await (index % 2 === 0 ? alice : bob).client.send(chat, `message ${index}`)
  for (const person of [bob, alice]) await catchUp(person)
  return { alice, bob, chat }
}

/** Alice signs in on another device too; the server may be slow to give keys. */
async function secondDevice(world: World, { withoutKeys = false } = {}): Promise<Person> {
  const phone = await openPerson(server, world.alice.handle)
  if (withoutKeys) phone.line.onRequest = failListing
  await phone.client.login({ handle: phone.handle, password: `password of ${phone.handle}` })
  phone.line.onRequest = () => {}
  while (phone.client.chats().length === 0) for (const person of [world.alice, phone]) await catchUp(person)
  return phone
}

function failListing({ name }: { readonly name: string }): void {
  if (name === 'ListHistoryKeys') throw new ConnectError('slow', Code.DeadlineExceeded)
}

describe('M15, M16: history on a new device', () => {
  test('M15, M16 the newest page is here once the device is in the chat, and on demand all of it', async () => {
    const world = await talked(80)
    const phone = await secondDevice(world)
    const { chat } = world
    const all = await textsOf(world.alice, chat)
    expect((await textsOf(phone, chat)).slice(-30)).toEqual(all.slice(-30))
    await phone.client.archive.fetch(chat, { limit: 1000 })
    expect(await textsOf(phone, chat)).toEqual(all)
    const [summary] = phone.client.chats()
    expect(summary).toMatchObject({ unread: 0, archive: { done: true, gaps: [] } })
    expect(summary?.last?.text).toBe(all.at(-1))
    expect(phone.client.archive.needsPassword).toBe(false)
    expect(noticesOf(phone)).toEqual([])
    expect((await phone.client.search('message 7', { limit: 100 })).length).toBe(11)
  })

  test('M13, M15 a group is read as far back as its account was in it', async () => {
    const world = await talked(2)
    const { alice, bob } = world
    const { chat } = await alice.client.groups.create({ name: 'The village', description: '' })
    await alice.client.send(chat, 'before bob')
    await catchUp(alice)
    await alice.client.groups.add(chat, bob.handle)
    for (const person of [alice, bob]) await catchUp(person)
    await bob.client.send(chat, 'from bob')
    for (const person of [bob, alice]) await catchUp(person)
    const phone = await secondDevice(world)
    while (phone.client.chats().length < 2) for (const person of [world.alice, phone]) await catchUp(person)
    await phone.client.archive.fetch(chat, { limit: 1000 })
    expect(await textsOf(phone, chat)).toEqual(['before bob', 'from bob'])
    expect(noticesOf(phone)).toEqual([])
  })

  test('M15 a device whose keys could not be fetched says so, and reads once they are', async () => {
    const world = await talked(10)
    const phone = await secondDevice(world, { withoutKeys: true })
    const { chat } = world
    expect(await textsOf(phone, chat)).toEqual([])
    expect(phone.client.archive.needsPassword).toBe(true)
    expect(phone.client.chats()[0]?.archive?.gaps).toMatchObject([{ count: 10, reason: 'no-key' }])
    await phone.client.archive.fetchKeys(`password of ${phone.handle}`)
    await phone.client.archive.fetch(chat, { limit: 1000 })
    expect(await textsOf(phone, chat)).toEqual(await textsOf(world.alice, chat))
    expect(phone.client.archive.needsPassword).toBe(false)
  })
})
