/**
 * A1: the server puts a reader of its own into a chat (Rösler et al., EuroS&P 2018; Matrix "Nebuchadnezzar", 2022).
 * Membership is the MLS tree, and every member judges every commit; what only the server says changes nobody's keys.
 */
import { create } from '@bufbuild/protobuf'
import { AccountId, ChatId } from '@veche/protocol'
import {
  type Entry,
  EntryKind,
  EntrySchema,
  ListChatsResponseSchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import {
  answers,
  EvilServer,
  entries,
  groupViewOf,
  introduce,
  items,
  listen,
  noticesOf,
  nth,
  Operator,
  say,
  textsOf,
  type Victim,
} from '@veche/testkit/evil-server'
import { afterAll, beforeAll, expect, test } from 'vitest'

let server: EvilServer
let alice: Victim
let bob: Victim
let chat: ChatId
let operator: Operator
beforeAll(async () => {
  server = await EvilServer.start()
  ;[alice, bob, operator] = [
    await server.welcome('alice'),
    await server.welcome('bob'),
    await Operator.create(),
  ]
  chat = await introduce(alice, bob)
})
afterAll(() => server[Symbol.asyncDispose]())

/** A commit entry of the server's making, in somebody's name. */
function commitEntry(mlsMessage: Uint8Array, from: Entry): Entry {
  return create(EntrySchema, {
    ...from,
    kind: EntryKind.COMMIT,
    mlsMessage,
    contentCiphertext: new Uint8Array(),
  })
}

test('A1 forged and replayed commits let nobody in: both are warned, and the chat goes on', async () => {
  const before = await Promise.all([alice, bob].map((person) => groupViewOf(person, chat)))
  const account = AccountId.fromBytes(before[0]!.state.members[0]!.accountId)
  const forged = await operator.commit(await operator.groupLike(chat, account))
  const [firstAdd] = alice.line.log(ChatId.toBytes(chat))!.entries
  expect(firstAdd?.kind).toBe(EntryKind.COMMIT)
  const inserted = (entry: Entry) => [
    commitEntry(forged, entry),
    commitEntry(firstAdd!.mlsMessage, entry),
    commitEntry(new Uint8Array(80), entry),
    entry,
  ]
  for (const { line } of [alice, bob]) line.tamper(entries(nth(1), inserted))
  await say(alice, chat, 'only for bob')
  await listen(bob)
  for (const person of [alice, bob]) {
    // Alice is told, too, that her own message stands elsewhere than the server said (A9).
    const shifted = person === alice ? ['fork'] : []
    expect(noticesOf(person)).toEqual(['unreadable', 'unreadable', 'unreadable', ...shifted])
    const now = await groupViewOf(person, chat)
    expect(now.members).toEqual(before[0]!.members)
    expect(person.client.chats()).toMatchObject([{ state: 'open' }])
  }
  await say(bob, chat, 'I see it')
  await listen(alice)
  for (const person of [alice, bob]) expect(await textsOf(person, chat)).toEqual(['only for bob', 'I see it'])
})

test('A1 lists that name the operator move no key: what is sent, it cannot read', async () => {
  const group = await operator.groupLike(chat, (await groupViewOf(alice, chat)).members[0]!.accountId)
  const forgedLists = answers(ListChatsResponseSchema, (answer) => {
    for (const one of answer.chats) one.peer = operator.person('bob')
  })
  for (const { line } of [alice, bob]) line.tamper(forgedLists)
  await say(alice, chat, 'still only for bob')
  await listen(bob)
  const log = bob.line.log(ChatId.toBytes(chat))!.entries
  const messages = log.filter(({ kind }) => kind === EntryKind.APPLICATION)
  expect(messages.length).toBeGreaterThan(2)
  for (const { mlsMessage } of messages) expect(await operator.reads(group, mlsMessage)).toBe(false)
  const { members } = await groupViewOf(alice, chat)
  expect(members.map(({ accountId }) => accountId)).not.toContain(operator.accountId)
})

test('A1 the operator enters by no Welcome that passes through its hands', async () => {
  const carol = await server.welcome('carol')
  const welcomes: Uint8Array[] = []
  carol.line.tamper(
    items((item) => {
      if (item.item.case === 'welcome') welcomes.push(item.item.value.welcome)
      return [item]
    }),
  )
  await operator.keyPackage()
  const chatWithCarol = await introduce(alice, carol)
  expect(welcomes).toHaveLength(1)
  expect(await operator.enter({ welcome: welcomes[0]! })).toBeUndefined()
  expect((await groupViewOf(carol, chatWithCarol)).members).toHaveLength(2)
})
