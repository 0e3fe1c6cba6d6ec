/**
 * A5, A11: a link that demands to ask lets in whom a member lets in, by what the link's own key has signed. The server knows
 * the link's public keys, who asks and what they asked by, and makes of that what it can.
 */
import { create } from '@bufbuild/protobuf'
import type { ReadyAccount } from '@veche/client'
import { requestJoin } from '@veche/mls'
import { AccountId, ChatId, decodeMessage, encodeMessage } from '@veche/protocol'
import {
  type FetchInviteResponse,
  FetchInviteResponseSchema,
  ListChatDevicesResponseSchema,
  ListRequestsResponseSchema,
  WelcomeSchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ChatKind } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { JoinRequestSchema } from '@veche/protocol/gen/e2ee/v1/join_request_pb.js'
import {
  answers,
  EvilServer,
  groupViewOf,
  listen,
  noticesOf,
  Operator,
  say,
  textsOf,
  type Victim,
} from '@veche/testkit/evil-server'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

let server: EvilServer
let count = 0
let alice: Victim
let bob: Victim
let chat: ChatId
beforeAll(async () => {
  server = await EvilServer.start()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(async () => {
  count++
  ;[alice, bob] = [await server.welcome(`alice${count}`), await server.welcome(`bob${count}`)]
  ;({ chat } = await alice.client.groups.create({ name: 'The village' }))
})

const refusedFor = (reason: string) => expect.objectContaining({ reason })
const peopleIn = async (person: Victim) => (await groupViewOf(person, chat)).state.members.length

/** What Bob asks by, as the server has it. */
async function askedBy(person: Victim, link: string): Promise<Uint8Array> {
  await person.client.join(link)
  const { request } = person.line.calls.find(({ name }) => name === 'RequestJoin')!
  return (request as unknown as { joinRequest: Uint8Array }).joinRequest
}

/** Alice is shown these in the place of what was asked. */
function shows(...joinRequests: readonly Uint8Array[]): void {
  alice.line.tamper(
    answers(ListRequestsResponseSchema, ({ incoming }) => {
      for (const request of incoming) request.joinRequest = joinRequests[0]!
    }),
    answers(ListChatDevicesResponseSchema, (answer) => {
      const [first] = answer.accounts
      answer.joinRequests = joinRequests.map((joinRequest) => ({
        $typeName: 'veche.chats.v1.WaitingJoin',
        joinRequest,
        ...(first?.person && { person: first.person }),
      }))
    }),
  )
}

const allowFirst = async ({ client }: Victim) => {
  const [request] = (await client.requests.list()).incoming
  return client.requests.answer(request!.id, 'allow')
}

test('A5 a forged join request lets nobody in, neither by a person’s answer nor by a device alone', async () => {
  const approving = await alice.client.groups.invite(chat, { approve: true })
  const asked = decodeMessage(JoinRequestSchema, await askedBy(bob, approving.link), 8192)
  const operator = await Operator.create()
  const own = await requestJoin(chat, crypto.getRandomValues(new Uint8Array(32)), await operator.keyPackage())
  const { signature, keyPackage } = decodeMessage(JoinRequestSchema, own, 8192)
  const forged = [
    own, // by a link that nobody made
    { ...asked, signature, keyPackage }, // by other keys than the link's
    { ...asked, keyPackage }, // what Bob signed, for the operator's device
  ].map((one) =>
    one instanceof Uint8Array ? one : encodeMessage(JoinRequestSchema, create(JoinRequestSchema, one)),
  )
  for (const joinRequest of forged) {
    shows(joinRequest)
    await expect(allowFirst(alice)).rejects.toThrow(refusedFor('join_request_invalid'))
  }
  await alice.client.groups.invite(chat, { role: 'member' })
  shows(...forged)
  await listen(alice)
  expect(await peopleIn(alice)).toBe(1)
  expect(alice.line.calls.filter(({ name }) => name === 'Append')).toHaveLength(2) // her two links
})

test('A5 the request of another invite raises no role, and one that a person is to answer no device carries out', async () => {
  const approving = await alice.client.groups.invite(chat, { approve: true })
  const forAdmins = await alice.client.groups.invite(chat, { role: 'admin' })
  const asked = await askedBy(bob, approving.link)
  const state = (await groupViewOf(alice, chat)).state
  const admins = state.invites.find(({ approve }) => !approve)!
  expect(ChatId.fromBytes(admins.id)).toBe(forAdmins.id)
  const raised = { ...decodeMessage(JoinRequestSchema, asked, 8192), inviteId: admins.id }
  shows(asked, encodeMessage(JoinRequestSchema, create(JoinRequestSchema, raised)))
  await listen(alice)
  expect(await peopleIn(alice)).toBe(1)
  shows(encodeMessage(JoinRequestSchema, create(JoinRequestSchema, raised)))
  await expect(allowFirst(alice)).rejects.toThrow(refusedFor('join_request_invalid'))
  alice.line.tamper()
  await allowFirst(alice)
  await listen(bob)
  expect(bob.client.chats()).toMatchObject([{ role: 'member' }])
})

test('A11 a replayed join request brings nobody back whom the group has put out', async () => {
  const { link } = await alice.client.groups.invite(chat, { role: 'member' })
  const asked = await askedBy(bob, link)
  await listen(alice)
  await listen(bob)
  expect(await peopleIn(alice)).toBe(2)
  await alice.client.groups.remove(chat, bob.handle)
  shows(asked)
  await listen(alice)
  await alice.client.groups.rename(chat, { name: 'The town' })
  await listen(alice)
  expect(await peopleIn(alice)).toBe(1)
})

test('A2 who is shown as somebody else is not let in', async () => {
  const { link } = await alice.client.groups.invite(chat, { approve: true })
  await bob.client.join(link)
  const operator = await Operator.create()
  alice.line.tamper(
    answers(ListRequestsResponseSchema, ({ incoming }) => {
      for (const request of incoming) request.from = operator.person('carol')
    }),
  )
  await expect(allowFirst(alice)).rejects.toThrow(refusedFor('join_request_invalid'))
  expect(await peopleIn(alice)).toBe(1)
})

test('A5 an approving link is no free one, whatever the server says of it', async () => {
  const free = await alice.client.groups.invite(chat)
  const { link } = await alice.client.groups.invite(chat, { approve: true })
  const given: FetchInviteResponse[] = []
  const carol = await server.welcome(`carol${count}`)
  carol.line.tamper(answers(FetchInviteResponseSchema, (answer) => void given.push(answer)))
  await carol.client.join(free.link)
  const { joinInfoCiphertext, sealedKey } = given[0]!
  bob.line.tamper(
    answers(FetchInviteResponseSchema, (answer) => {
      Object.assign(answer, { byRequest: false, joinInfoCiphertext, sealedKey })
    }),
  )
  await expect(bob.client.join(link)).rejects.toThrow(refusedFor('join_invalid'))
  await listen(alice)
  expect(await peopleIn(alice)).toBe(1) // Carol is written down later
  expect((await groupViewOf(alice, chat)).members).toHaveLength(2)
})

test('A5 a server alone leads who has asked into no group of its own, and the right one lets them in', async () => {
  const { link } = await alice.client.groups.invite(chat, { approve: true })
  const { inviteId, keyPackage } = decodeMessage(JoinRequestSchema, await askedBy(bob, link), 8192)
  const [stock] = (
    bob.line.calls.find(({ name }) => name === 'UploadKeyPackages')!.request as unknown as {
      keyPackages: Uint8Array[]
    }
  ).keyPackages
  const other = (bob.client.account as ReadyAccount).account
  const operator = await Operator.create()
  const into = { chatId: chat, other, kind: ChatKind.GROUP }
  const [byAsked, byStock] = [await operator.welcome(into, keyPackage), await operator.welcome(into, stock!)]
  const admission = { accountId: AccountId.toBytes(other), inviteId, proof: new Uint8Array(32) }
  const shown = (welcome: Uint8Array, ...admissions: (typeof admission)[]) => ({
    case: 'welcome' as const,
    value: create(WelcomeSchema, {
      chatId: ChatId.toBytes(chat),
      welcome,
      admissions,
      position: 9n,
      logHash: new Uint8Array(32),
    }),
  })
  const lies = [
    shown(byAsked),
    shown(byAsked, admission),
    shown(byAsked, admission, admission),
    shown(byStock),
    shown(byStock, admission),
  ]
  bob.line.tamper({ forged: () => lies.splice(0) })
  await listen(bob)
  expect(noticesOf(bob)).toEqual(Array(5).fill('not-joined'))
  expect(bob.client.chats()).toEqual([])
  bob.line.tamper()
  await allowFirst(alice)
  await listen(bob)
  await say(alice, chat, 'you are here')
  await listen(bob)
  expect(await textsOf(bob, chat)).toEqual(['you are here'])
  expect(noticesOf(bob)).toHaveLength(5)
})
