import { randomBytes } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import { commit, create as createGroup, newKeyPackage, view } from '@veche/mls'
import { ChatId, randomId } from '@veche/protocol'
import { type CreationRight, type Handshake, HandshakeSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { firstCommit, type Person, privateState, withNewDevice } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { startTestService, type TestService } from '../testing/test-service.ts'

let service: TestService
let alice: Person
let bob: Person
let right: CreationRight

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  alice = await service.enrol('alice')
  bob = await service.enrol('bob', 'allowed')
  right = (await service.as(alice).requestChat({ handle: bob.handle })).right!
})

const open = (person: Person, handshake: Handshake, messageId: Uint8Array, chatId = right.chatId) =>
  service.as(person).createChat({ chatId, messageId, handshake })

/** A first commit that adds these people's devices to the creator's group. */
async function adding(...people: Person[]): Promise<Handshake> {
  const chatId = ChatId.fromBytes(right.chatId)
  const group = await createGroup(alice.device, { chatId, state: privateState(alice, bob) })
  const packages = people.map(({ device }) => newKeyPackage(device, { nowMs: Date.now() }))
  const add = (await Promise.all(packages)).map(({ keyPackage }) => keyPackage)
  const pending = await commit(group, alice.device, { add })
  return create(HandshakeSchema, { commit: pending.commit, welcome: pending.welcome ?? new Uint8Array() })
}

test('M14 the chat begins with its first commit, and the other joins by its Welcome', async () => {
  const first = await firstCommit(alice, bob, right)
  const messageId = randomBytes(16)
  expect(await open(alice, first.handshake, messageId)).toMatchObject({ position: 1n })
  const { entries } = await service.as(bob).listEntries({ chatId: right.chatId })
  expect(Buffer.from(entries[0]!.mlsMessage)).toEqual(Buffer.from(first.handshake.commit))
  const joined = await first.join(first.handshake.welcome)
  expect(view(joined).epochDigest).toEqual(view(first.group).epochDigest)
})

test('the same bytes answer the same, also many at once; any others find that the chat exists', async () => {
  const [first, second] = [await firstCommit(alice, bob, right), await firstCommit(alice, bob, right)]
  const messageId = randomBytes(16)
  const answers = await Promise.all(Array.from({ length: 8 }, () => open(alice, first.handshake, messageId)))
  service.accounts.add(await withNewDevice(bob))
  answers.push(await open(alice, first.handshake, messageId))
  expect(new Set(answers.map(({ position, receivedAtMs }) => `${position} ${receivedAtMs}`)).size).toBe(1)
  expect(await refusalOf(open(alice, second.handshake, messageId))).toBe('Aborted chat_exists')
  expect(await refusalOf(open(alice, first.handshake, randomBytes(16)))).toBe('Aborted chat_exists')
})

test('A7 of many first commits one wins', async () => {
  const commits = await Promise.all(Array.from({ length: 20 }, () => firstCommit(alice, bob, right)))
  const answers = await Promise.allSettled(
    commits.map(({ handshake }) => open(alice, handshake, randomBytes(16))),
  )
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const { rows } = await service.database.query('SELECT position FROM entries WHERE chat_id = $1', [
    right.chatId,
  ])
  expect(rows).toEqual([{ position: 1n }])
  const inbox = await service.database.query('SELECT 1 FROM inbox WHERE kind = 1 AND subject = $1', [
    right.chatId,
  ])
  expect(inbox.rowCount).toBe(1) // A8: one Welcome for one device, of the commit that won
})

test('M11 only who holds the right opens the chat', async () => {
  const { handshake } = await firstCommit(alice, bob, right)
  const eve = await service.enrol('eve')
  for (const person of [bob, eve]) {
    expect(await refusalOf(open(person, handshake, randomBytes(16)))).toBe('NotFound request_unknown')
  }
  for (const id of [ChatId.toBytes(randomId(ChatId)), new Uint8Array(5)]) {
    expect(await refusalOf(open(alice, handshake, randomBytes(16), id))).toBe('NotFound request_unknown')
  }
})

test('A1 the first commit adds every device of the other, and nothing else', async () => {
  const laptop = await withNewDevice(bob)
  service.accounts.add(laptop)
  const refused = [await adding(bob), await adding(laptop), await adding()]
  for (const handshake of refused) {
    expect(await refusalOf(open(alice, handshake, randomBytes(16)))).toBe('InvalidArgument commit_invalid')
  }
  await open(alice, await adding(bob, laptop), randomBytes(16))
})

test('a commit for another chat, without a Welcome or without a message id opens nothing', async () => {
  const { handshake } = await firstCommit(alice, bob, right)
  const foreign = await firstCommit(alice, bob, { chatId: ChatId.toBytes(randomId(ChatId)) })
  const refused = [foreign.handshake, { ...handshake, welcome: new Uint8Array() }]
  for (const bad of refused) {
    expect(await refusalOf(open(alice, bad, randomBytes(16)))).toBe('InvalidArgument commit_invalid')
  }
  expect(await refusalOf(open(alice, handshake, randomBytes(3)))).toBe('InvalidArgument entry_invalid')
  const nothing = service.as(alice).createChat({ chatId: right.chatId, messageId: randomBytes(16) })
  expect(await refusalOf(nothing)).toBe('InvalidArgument commit_invalid')
  expect(await open(alice, handshake, randomBytes(16))).toMatchObject({ position: 1n })
})

test('M19 a right that was taken back opens nothing', async () => {
  const [incoming] = (await service.as(bob).listRequests({})).incoming
  const { handshake } = await firstCommit(alice, bob, right)
  await service.as(bob).answerRequest({ requestId: incoming!.requestId, answer: 2 })
  expect(await refusalOf(open(alice, handshake, randomBytes(16)))).toBe('NotFound request_unknown')
})
