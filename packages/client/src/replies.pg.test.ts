import { type ChatId, MessageId, randomId } from '@veche/protocol'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { catchUp, openChat, type Person, registerPerson, reopen } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
let count = 0
let alice: Person
let bob: Person

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(async () => {
  count++
  alice = await registerPerson(server, `alice${count}`)
  bob = await registerPerson(server, `bob${count}`)
})

const lastOf = async ({ client }: Person, chat: ChatId) => (await client.history(chat, { limit: 1 }))[0]!
const marksOf = ({ client }: Person, chat: ChatId) => {
  const { unread, mentioned } = client.chats().find((one) => one.chat === chat)!
  return { unread, mentioned }
}

async function newGroup(): Promise<ChatId> {
  const { chat } = await alice.client.groups.create({ name: 'The village' })
  await bob.client.settings.setAcceptance('allowed')
  await alice.client.groups.add(chat, bob.handle)
  await catchUp(bob)
  await catchUp(alice)
  return chat
}

test('M14 an answer leads to the message that it answers, on both sides', async () => {
  const chat = await openChat(alice, bob)
  await alice.client.send(chat, 'When?')
  await catchUp(alice)
  await catchUp(bob)
  const asked = await lastOf(bob, chat)
  await bob.client.send(chat, 'At noon', { replyTo: asked.id })
  const waiting = await lastOf(bob, chat)
  expect(waiting).toMatchObject({ text: 'At noon', replyTo: asked.id, state: 'waiting' })
  expect(await bob.client.message(chat, waiting.id)).toEqual(waiting)
  await catchUp(bob)
  await catchUp(alice)
  const answer = await lastOf(alice, chat)
  expect(answer).toMatchObject({ text: 'At noon', replyTo: asked.id })
  expect(answer.mentions).toBeUndefined()
  expect(await alice.client.message(chat, answer.replyTo!)).toMatchObject({ text: 'When?' })
})

test('M14 nothing is an answer to what is not there', async () => {
  const chat = await openChat(alice, bob)
  const elsewhere = await newGroup()
  await alice.client.send(elsewhere, 'in the group')
  const { id } = await lastOf(alice, elsewhere)
  for (const replyTo of [id, randomId(MessageId)]) {
    const refused = alice.client.send(chat, 'what?', { replyTo })
    await expect(refused).rejects.toMatchObject({ reason: 'message_unknown' })
  }
  expect(await alice.client.history(chat, { limit: 10 })).toEqual([])
})

test('M14 a group tells whom a message names, and counts those that name one until they are read', async () => {
  const chat = await newGroup()
  await alice.client.send(chat, `who waters? @${bob.handle.toUpperCase()}, @nobody, @${alice.handle}`)
  await alice.client.send(chat, `write to mail@${bob.handle}`)
  await catchUp(alice)
  await catchUp(bob)
  const [named, address] = await bob.client.history(chat, { limit: 2 })
  expect(named!.mentions?.map(({ handle }) => handle)).toEqual([bob.handle])
  expect(address!.mentions).toBeUndefined()
  expect(marksOf(bob, chat)).toEqual({ unread: 2, mentioned: 1 })
  bob = await reopen(server, bob)
  expect(marksOf(bob, chat)).toEqual({ unread: 2, mentioned: 1 })
  await bob.client.keeping.markRead(chat, named!.seq!)
  expect(marksOf(bob, chat)).toEqual({ unread: 1, mentioned: 0 })
  await bob.client.send(chat, 'I do', { replyTo: named!.id })
  await catchUp(bob)
  await catchUp(alice)
  expect((await lastOf(alice, chat)).mentions?.map(({ handle }) => handle)).toEqual([alice.handle])
  expect(marksOf(alice, chat)).toEqual({ unread: 1, mentioned: 1 })
})
