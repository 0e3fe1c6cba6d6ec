/** A server that lets a handle stand for another account than before (attack A2), and users who accept it or do not. */
import { isMessage, type Message } from '@bufbuild/protobuf'
import { AccountId, type ChatId } from '@veche/protocol'
import {
  AnswerRequestResponseSchema,
  ListRequestsResponseSchema,
  SubscribeResponseSchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { privateOf } from './chat-list.ts'
import { refusedFor } from './testing/failures.ts'
import { catchUp, openAsMember, openChat, type Person, registerPerson, reopen } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'
import type { ReadyAccount } from './views.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const accountOf = ({ client }: Person) => (client.account as ReadyAccount).account
const statesOf = ({ client }: Person) =>
  privateOf(client.chats()).map(({ chat, state, binding }) => [chat, state, binding])
const textsOf = async ({ client }: Person, chat: ChatId) =>
  (await client.history(chat, { limit: 10 })).map(({ text, state }) => `${text} ${state}`)
const noticesOf = ({ events }: Person) => events.flatMap((event) => (event.type === 'notice' ? [event] : []))

/** The server shows `whose` account under `handle` from now on. */
function swap(line: Person['line'], whose: AccountId, handle: string): void {
  const bytes = AccountId.toBytes(whose)
  const lie = (person: { accountId: Uint8Array; handle: string } | undefined) => {
    if (person && AccountId.fromBytes(person.accountId) === AccountId.fromBytes(bytes)) person.handle = handle
  }
  line.tamper = (answer: Message) => {
    if (isMessage(answer, ListRequestsResponseSchema)) for (const { from } of answer.incoming) lie(from)
    if (isMessage(answer, AnswerRequestResponseSchema)) lie(answer.right?.peer)
    if (!isMessage(answer, SubscribeResponseSchema) || answer.event.case !== 'inbox') return
    for (const { item } of answer.event.value.items) if (item.case === 'welcome') lie(item.value.peer)
  }
}

test('A2: a chat under a changed handle is stopped until it is accepted; the one before stays, marked', async () => {
  const alice = await registerPerson(server, 'anna')
  const bob = await registerPerson(server, 'boris')
  const mallory = await registerPerson(server, 'marta')
  const before = await openChat(alice, bob)
  await alice.client.send(before, 'to Boris')
  await catchUp(alice)
  await alice.client.people.setVerified('boris', true)
  expect(() => alice.client.people.changedBinding('boris')).toThrow('binding_unchanged')

  swap(alice.line, accountOf(mallory), 'boris')
  await alice.client.settings.setAcceptance('allowed')
  await mallory.client.requests.ask('anna')
  await catchUp(alice)
  const change = alice.client.people.changedBinding('boris')
  expect(change).toEqual({
    handle: 'boris',
    account: accountOf(mallory),
    name: 'The marta',
    chat: expect.anything(),
    safetyNumber: mallory.client.people.compare('anna').safetyNumber,
  })
  const now = change.chat!
  expect(noticesOf(alice)).toMatchObject([{ notice: 'changed-binding', chat: now }])
  expect(statesOf(alice)).toEqual([
    [before, 'open', 'bound'],
    [now, 'changed-binding', 'claimed'],
  ])
  await expect(alice.client.send(now, 'x')).rejects.toEqual(refusedFor('changed_binding'))
  expect(alice.client.findChat('@boris')).toBe(before)

  alice.line.cut()
  await alice.client.send(before, 'waits for Boris')
  expect(await alice.client.people.acceptBinding('boris')).toEqual(change)
  expect(alice.client.people.compare('boris')).toMatchObject({ account: change.account, verified: false })
  const again = await reopen(server, alice)
  expect(noticesOf(alice).slice(1)).toMatchObject([
    { notice: 'accepted-binding', chat: now, detail: 'boris' },
  ])
  for (const one of [alice, again]) {
    expect(statesOf(one)).toEqual([
      [now, 'open', 'bound'],
      [before, 'changed-binding', 'unbound'],
    ])
    expect(one.client.findChat('@boris')).toBe(now)
  }
  expect(await textsOf(again, before)).toEqual(['to Boris sent', 'waits for Boris waiting'])
  await expect(again.client.send(before, 'x')).rejects.toEqual(refusedFor('changed_binding'))
  await again.client.send(now, 'to whoever it is')
  await catchUp(again)
  for (const one of [bob, mallory]) await catchUp(one)
  expect(await textsOf(mallory, now)).toEqual(['to whoever it is sent'])
  expect(await textsOf(bob, before)).toEqual(['to Boris sent'])

  expect(again.client.people.changedBinding(before)).toMatchObject({ account: accountOf(bob), chat: before })
  await again.client.people.acceptBinding(before)
  expect(again.client.findChat('@boris')).toBe(before)
  await catchUp(again)
  await catchUp(bob)
  expect(await textsOf(bob, before)).toEqual(['to Boris sent', 'waits for Boris sent'])
  await expect(again.client.send(now, 'x')).rejects.toEqual(refusedFor('changed_binding'))
})

test('A2: a request under a changed handle is not allowed, and the server not told, until it is accepted', async () => {
  const alice = await registerPerson(server, 'clara')
  const bob = await registerPerson(server, 'denis')
  const mallory = await registerPerson(server, 'nadia')
  await openChat(alice, bob)
  await mallory.client.requests.ask('clara')
  swap(alice.line, accountOf(mallory), 'denis')
  const { incoming } = await alice.client.requests.list()
  expect(incoming).toMatchObject([{ handle: 'denis', changed: true }])
  const before = alice.line.calls.length
  await expect(alice.client.requests.answer(incoming[0]!.id, 'allow')).rejects.toEqual(
    refusedFor('changed_binding'),
  )
  expect(alice.line.calls.slice(before)).not.toContain('AnswerRequest')
  const change = await alice.client.people.acceptBinding('denis')
  expect(change).toEqual({
    handle: 'denis',
    account: accountOf(mallory),
    safetyNumber: expect.stringMatching(/^(\d{5} ){11}\d{5}$/),
  })
  expect((await alice.client.requests.list()).incoming[0]).not.toHaveProperty('changed')
  const { chat } = await alice.client.requests.answer(incoming[0]!.id, 'allow')
  await alice.client.send(chat!, 'welcome')
  await catchUp(alice)
  await catchUp(mallory)
  expect(await textsOf(mallory, chat!)).toEqual(['welcome sent'])
})

test('F16: who dies between accepting and opening the chat finds it open', async () => {
  const alice = await registerPerson(server, 'elena')
  const bob = await registerPerson(server, 'fedor')
  const mallory = await registerPerson(server, 'olgaa')
  const before = await openChat(alice, bob)
  const now = await openChat(alice, mallory)
  expect(statesOf(alice).map(([chat]) => chat)).toEqual([before, now])
  const { store, delivery } = await openAsMember(server, alice)
  const pin = { handle: 'fedor', accountId: AccountId.toBytes(accountOf(mallory)) }
  await store.store({ case: 'pin', value: pin })
  await delivery.close()
  const again = await reopen(server, alice)
  expect(statesOf(again)).toEqual([
    [before, 'changed-binding', 'unbound'],
    [now, 'open', 'bound'],
  ])
})
