import { randomBytes } from 'node:crypto'
import { ChatId, randomId } from '@veche/protocol'
import { Answer } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { message, type Person, updateCommit } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import {
  createChat,
  type OpenChat,
  openChatBetween,
  startTestService,
  type TestService,
} from '../testing/test-service.ts'

let service: TestService
let alice: Person
let bob: Person
let chat: OpenChat

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  alice = await service.enrol('alice')
  bob = await service.enrol('bob')
  chat = await openChatBetween(service, alice, bob)
})

type Application = Awaited<ReturnType<typeof message>>['application']

const block = (person: Person, blocked: boolean) =>
  service.as(person).setBlocked({ chatId: chat.id, blocked })
const send = (person: Person, value: Application, messageId: Uint8Array = randomBytes(16)) =>
  service.as(person).append({ chatId: chat.id, messageId, entry: { case: 'application', value } })
const blockedFor = async (person: Person) => (await service.as(person).listChats({})).chats[0]!.blocked

test('M19 while one blocks, neither message passes; when it ends, the refused one does', async () => {
  const byAlice = await message(alice, chat.groups[0])
  const byBob = await message(bob, chat.groups[1])
  await block(alice, true)
  await block(alice, true)
  const id = randomBytes(16)
  expect(await refusalOf(send(bob, byBob.application, id))).toBe('PermissionDenied not_accepted')
  expect(await refusalOf(send(alice, byAlice.application))).toBe('PermissionDenied blocked_by_you')
  expect((await service.as(bob).listEntries({ chatId: chat.id })).head).toBe(1n)
  await service.restart()
  expect(await refusalOf(send(bob, byBob.application, id))).toBe('PermissionDenied not_accepted')
  await block(alice, false)
  await block(alice, false)
  expect((await send(bob, byBob.application, id)).position).toBe(2n)
  expect((await send(alice, byAlice.application)).position).toBe(3n)
})

test('M19 who asked, and blocks before the other allows, gets no messages in the chat that opens', async () => {
  const carol = await service.enrol('carol')
  await service.as(alice).requestChat({ handle: carol.handle })
  service.accounts.block(alice, carol)
  const { incoming } = await service.as(carol).listRequests({})
  const { requestId } = incoming[0]!
  const { right } = await service.as(carol).answerRequest({ requestId, answer: Answer.ALLOW })
  const opened = await createChat(service, carol, alice, right!)
  const { application: value } = await message(carol, opened.groups[0])
  const entry = { case: 'application', value } as const
  const call = service.as(carol).append({ chatId: opened.id, messageId: randomBytes(16), entry })
  expect(await refusalOf(call)).toBe('PermissionDenied not_accepted')
})

test('each decides alone: one who unblocks does not unblock for the other', async () => {
  const { application } = await message(bob, chat.groups[1])
  await block(alice, true)
  await block(bob, true)
  await block(bob, false)
  expect(await refusalOf(send(bob, application))).toBe('PermissionDenied not_accepted')
})

test('what was stored before the block is acknowledged again, and keys stay fresh', async () => {
  const { application } = await message(bob, chat.groups[1])
  const id = randomBytes(16)
  expect((await send(bob, application, id)).position).toBe(2n)
  await block(alice, true)
  expect((await send(bob, application, id)).position).toBe(2n)
  const { handshake } = await updateCommit(bob, chat.groups[1])
  const update = await service
    .as(bob)
    .append({ chatId: chat.id, messageId: randomBytes(16), entry: { case: 'handshake', value: handshake } })
  expect(update.position).toBe(3n)
})

test('only who blocks is told of it', async () => {
  await block(alice, true)
  expect([await blockedFor(alice), await blockedFor(bob)]).toEqual([true, false])
  await block(alice, false)
  expect(await blockedFor(alice)).toBe(false)
})

test('a chat that is not there and one that is not mine answer alike', async () => {
  const eve = await service.enrol('eve')
  for (const chatId of [chat.id, ChatId.toBytes(randomId(ChatId)), new Uint8Array(3)]) {
    const call = service.as(eve).setBlocked({ chatId, blocked: true })
    expect(await refusalOf(call)).toBe('NotFound chat_unknown')
  }
})

test('messages that are under way when a block comes are stored or refused, and none after it is', async () => {
  const messages: Application[] = []
  let [, group] = chat.groups
  for (let index = 0; index < 20; index++) {
    const next = await message(bob, group)
    group = next.group
    messages.push(next.application)
  }
  const sent = Promise.allSettled(messages.map((application) => send(bob, application)))
  await block(alice, true)
  const { head } = await service.as(alice).listEntries({ chatId: chat.id })
  const stored = (await sent).filter(({ status }) => status === 'fulfilled')
  expect(head).toBe(1n + BigInt(stored.length))
  const after = await service.as(alice).listEntries({ chatId: chat.id })
  expect(after.head).toBe(head)
})
