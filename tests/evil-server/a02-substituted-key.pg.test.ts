/**
 * A2: the server hands out keys of its own (RFC 9750 sections 8.4.2 and 8.4.3.1). An account's id is the hash of its
 * key, which certifies its devices; a handle stays with the account that it was first met with. Whom a bare handle
 * stands for at the first meeting, only the safety number tells.
 */
import { create } from '@bufbuild/protobuf'
import { ChatId } from '@veche/protocol'
import { ClaimKeyPackagesResponseSchema } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import {
  AnswerRequestResponseSchema,
  ListChatDevicesResponseSchema,
  ListRequestsResponseSchema,
  type Person,
  type RequestChatResponse,
  RequestChatResponseSchema,
  RequestStatus,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import {
  answers,
  EvilServer,
  groupViewOf,
  introduce,
  items,
  listen,
  noticesOf,
  Operator,
  say,
  type Tampering,
  textsOf,
  type Victim,
} from '@veche/testkit/evil-server'
import { afterAll, beforeAll, expect, test } from 'vitest'

let server: EvilServer
let operator: Operator
let count = 0
beforeAll(async () => {
  server = await EvilServer.start()
  operator = await Operator.create()
})
afterAll(() => server[Symbol.asyncDispose]())

async function newcomers<const Names extends readonly string[]>(
  ...names: Names
): Promise<{ [Index in keyof Names]: Victim }> {
  const suffix = 'abcdefghjk'[count++]
  const all: Victim[] = []
  for (const name of names) all.push(await server.welcome(`${name}-${suffix}`))
  return all as { [Index in keyof Names]: Victim }
}

/** Every key package that this device claims is the operator's. */
const ownPackages = (): Tampering =>
  answers(ClaimKeyPackagesResponseSchema, async (answer) => {
    for (const claimed of answer.keyPackages) claimed.keyPackage = await operator.keyPackage()
  })

/** Whoever it is with is shown as this person. */
const rightFor = (shown: (peer: Person) => Person): Tampering =>
  answers(AnswerRequestResponseSchema, ({ right }) => {
    if (right?.peer) right.peer = shown(right.peer)
  })

async function askedBy(asker: Victim, asked: Victim): Promise<string> {
  await asker.client.requests.ask(asked.handle)
  const { incoming } = await asked.client.requests.list()
  return incoming.at(0)!.id
}

test('A2 key packages of another account are refused, each time, and nothing is sent', async () => {
  const [alice, bob] = await newcomers('alice', 'bob')
  const request = await askedBy(bob, alice)
  alice.line.tamper(ownPackages())
  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(alice.client.requests.answer(request, 'allow')).rejects.toMatchObject({
      reason: 'key_package_invalid',
    })
    await listen(alice)
  }
  expect(alice.client.chats()).toEqual([])
  expect(alice.line.calls.filter(({ name }) => name === 'CreateChat')).toEqual([])
  alice.line.honest()
  await listen(alice)
  expect(alice.client.chats()).toMatchObject([{ state: 'open', with: { handle: bob.handle } }])
})

test.each<[string, (peer: Person) => Person]>([
  ['whose id is not the hash of its key', (peer) => ({ ...peer, accountKey: operator.accountKey })],
  ['of no length', (peer) => ({ ...peer, accountId: new Uint8Array() })],
])('A2 an account %s is refused, and the device goes on', async (_what, shown) => {
  const [alice, bob] = await newcomers('alice', 'bob')
  const request = await askedBy(bob, alice)
  alice.line.tamper(rightFor((peer) => shown(peer)))
  await expect(alice.client.requests.answer(request, 'allow')).rejects.toMatchObject({ name: 'RefusedError' })
  await listen(alice)
  expect(alice.client.chats()).toEqual([])
})

test('A2 who is asked for by a handle is not another, by a right or by a chat that is there', async () => {
  const [alice, bob, carol, mallory] = await newcomers('alice', 'bob', 'carol', 'mallory')
  await introduce(alice, bob)
  const [withBob] = alice.client.chats()
  for (const { client } of [carol, mallory]) await client.settings.setAcceptance('allowed')
  const other = operator.person(mallory.handle)
  const lies: ((answer: RequestChatResponse) => void)[] = [
    ({ right }) => Object.assign(right!, { peer: other }),
    ({ right }) => Object.assign(right!, { chatId: ChatId.toBytes(withBob!.chat) }),
    (answer) =>
      Object.assign(answer, {
        status: RequestStatus.OPEN,
        right: undefined,
        chatId: ChatId.toBytes(withBob!.chat),
      }),
  ]
  for (const lie of lies) {
    alice.line.tamper(answers(RequestChatResponseSchema, lie), ownPackages())
    await expect(alice.client.requests.ask(carol.handle)).rejects.toMatchObject({ reason: 'answer_invalid' })
  }
  alice.line.honest()
  await alice.client.requests.ask(carol.handle)
  expect((await alice.client.contacts()).map(({ handle }) => handle)).toEqual([bob.handle, carol.handle])
})

test('A2 a known handle that now stands for another account is not written to', async () => {
  const [alice, bob, carol] = await newcomers('alice', 'bob', 'carol')
  await introduce(alice, bob)
  const request = await askedBy(carol, alice)
  alice.line.tamper(
    rightFor(() => operator.person(bob.handle)),
    ownPackages(),
  )
  await expect(alice.client.requests.answer(request, 'allow')).rejects.toMatchObject({
    reason: 'changed_binding',
  })
  expect(alice.client.chats()).toHaveLength(1)
})

test('A2 a Welcome under a known handle opens a chat that is not written to', async () => {
  const [alice, bob, mallory] = await newcomers('alice', 'bob', 'mallory')
  await introduce(alice, bob)
  await alice.client.settings.setAcceptance('allowed')
  alice.line.tamper(
    items((item) => {
      if (item.item.case === 'welcome') item.item.value.peer!.handle = bob.handle
      return [item]
    }),
  )
  await mallory.client.requests.ask(alice.handle)
  await listen(alice)
  const chats = alice.client.chats()
  expect(chats.map(({ state }) => state).sort()).toEqual(['changed-binding', 'open'])
  const wrong = chats.find(({ state }) => state === 'changed-binding')!
  await expect(alice.client.send(wrong.chat, 'for bob alone')).rejects.toMatchObject({
    reason: 'changed_binding',
  })
})

test('A2 no key of the operator comes into a chat as a new device of a contact', async () => {
  const [alice, bob] = await newcomers('alice', 'bob')
  const chat = await introduce(alice, bob)
  const before = await groupViewOf(alice, chat)
  const { certificate, signaturePublicKey } = operator.device
  alice.line.tamper(
    answers(ListChatDevicesResponseSchema, (answer) => {
      for (const account of answer.accounts) {
        account.grant = new Uint8Array(64)
        account.devices.push(
          create(ListChatDevicesResponseSchema, {
            accounts: [{ devices: [{ certificate, signatureKey: signaturePublicKey }] }],
          }).accounts[0]!.devices[0]!,
        )
      }
    }),
    ownPackages(),
  )
  await say(alice, chat, 'only for bob')
  await listen(alice)
  expect((await groupViewOf(alice, chat)).members).toEqual(before.members)
  await listen(bob)
  expect(await textsOf(bob, chat)).toEqual(['only for bob'])
  expect([...noticesOf(alice), ...noticesOf(bob)]).toEqual([])
})

test('A2 who is met for the first time as another: the two safety numbers differ', async () => {
  const [alice, bob, mallory] = await newcomers('alice', 'bob', 'mallory')
  await introduce(bob, await server.welcome('others'))
  // Alice believes that Bob asks; it is the operator's own Mallory, under Bob's handle.
  alice.line.tamper(
    answers(ListRequestsResponseSchema, ({ incoming }) => {
      for (const { from } of incoming) if (from) from.handle = bob.handle
    }),
    rightFor((peer) => ({ ...peer, handle: bob.handle })),
  )
  const request = await askedBy(mallory, alice)
  await alice.client.requests.answer(request, 'allow')
  const seenByAlice = alice.client.people.compare(bob.handle)
  // And Bob talks with Alice's handle: the number that he sees is made of his own account.
  bob.line.tamper(
    answers(AnswerRequestResponseSchema, ({ right }) => {
      if (right?.peer) right.peer.handle = alice.handle
    }),
  )
  const second = await server.welcome('mallory-second')
  await bob.client.requests.answer(await askedBy(second, bob), 'allow')
  const seenByBob = bob.client.people.compare(alice.handle)
  expect(seenByAlice.safetyNumber).not.toBe(seenByBob.safetyNumber)
})
