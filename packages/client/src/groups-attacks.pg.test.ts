import { create, isMessage, type Message } from '@bufbuild/protobuf'
import { ChatId } from '@veche/protocol'
import {
  type Entry,
  EntryKind,
  InboxItemSchema,
  ListChatDevicesResponseSchema,
  ListEntriesResponseSchema,
  RequestMemberResponseSchema,
  RequestStatus,
  SubscribeResponseSchema,
  type Person as WirePerson,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { refusedFor } from './testing/failures.ts'
import { noticesOf, openAsMember, type Person, registerPerson, settle, textsOf } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
let count = 0
let alice: Person
let bob: Person
let mallory: Person

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(async () => {
  count++
  alice = await registerPerson(server, `alice${count}`)
  bob = await registerPerson(server, `bob${count}`)
  mallory = await registerPerson(server, `mallory${count}`)
  for (const { client } of [bob, mallory]) await client.settings.setAcceptance('allowed')
})

async function groupOfTwo(): Promise<ChatId> {
  const { chat } = await alice.client.groups.create({ name: 'The village' })
  await alice.client.groups.add(chat, bob.handle)
  await settle(bob, alice)
  return chat
}

/** What the server answers when Alice wishes to add Mallory. */
async function answerFor(person: Person) {
  const answers: { person: WirePerson; grant: Uint8Array }[] = []
  const line = alice.line
  const { chat } = await alice.client.groups.create({ name: `With ${person.handle}` })
  line.tamper = (answer) => {
    if (isMessage(answer, RequestMemberResponseSchema) && answer.person)
      answers.push({ person: answer.person, grant: answer.grant })
  }
  await alice.client.groups.add(chat, person.handle)
  line.tamper = () => {}
  return answers[0]!
}

/** Changes every entry that the person is shown. */
function alterEntries({ line }: Person, alter: (entry: Entry) => void): void {
  line.tamper = (answer: Message) => {
    if (isMessage(answer, ListEntriesResponseSchema)) answer.entries.forEach(alter)
    if (isMessage(answer, SubscribeResponseSchema) && answer.event.case === 'entries')
      answer.event.value.entries.forEach(alter)
  }
}

test('A1 whom the server lists and the tree does not is nobody in the group, and nobody brings them in', async () => {
  const chat = await groupOfTwo()
  const { person, grant } = await answerFor(mallory)
  for (const { line } of [alice, bob]) {
    line.tamper = (answer) => {
      if (!isMessage(answer, ListChatDevicesResponseSchema)) return
      answer.accounts.push({ ...answer.accounts[0]!, person, grant, revocations: [] })
    }
  }
  const dave = await registerPerson(server, `dave${count}`)
  await dave.client.settings.setAcceptance('allowed')
  await alice.client.groups.add(chat, dave.handle)
  await settle(bob, dave, alice)
  const handles = [alice.handle, bob.handle, dave.handle].sort()
  for (const { client } of [alice, bob, dave]) {
    expect(
      client.groups
        .members(chat)
        .map(({ handle }) => handle)
        .sort(),
    ).toEqual(handles)
  }
  await settle(mallory)
  expect(mallory.client.chats().map(({ chat: id }) => id)).not.toContain(chat)
})

test('A2 a handle that the server shows with another account is not added under it', async () => {
  const chat = await groupOfTwo()
  const { person, grant } = await answerFor(mallory)
  await alice.client.groups.remove(chat, bob.handle)
  alice.line.tamper = (answer) => {
    if (!isMessage(answer, RequestMemberResponseSchema)) return
    answer.person = { ...person, handle: bob.handle }
    answer.grant = grant
  }
  await expect(alice.client.groups.add(chat, bob.handle)).rejects.toEqual(refusedFor('changed_binding'))
  expect(alice.client.groups.members(chat)).toHaveLength(1)
})

test('A2 who is asked for by a handle is not another, whatever handle the server shows that one with', async () => {
  const chat = await groupOfTwo()
  const { person, grant } = await answerFor(mallory)
  await alice.client.groups.remove(chat, bob.handle)
  alice.line.tamper = (answer) => {
    if (!isMessage(answer, RequestMemberResponseSchema)) return
    answer.person = person
    answer.grant = grant
  }
  await expect(alice.client.groups.add(chat, bob.handle)).rejects.toEqual(refusedFor('answer_invalid'))
  expect(alice.client.groups.members(chat)).toHaveLength(1)
})

test('A1 nobody comes into a group by an answer to what nobody has asked', async () => {
  const chat = await groupOfTwo()
  const { line } = alice
  const forged = create(InboxItemSchema, {
    position: 1_000_000n,
    item: {
      case: 'answer',
      value: {
        requestId: new Uint8Array(16).fill(5),
        handle: mallory.handle,
        status: RequestStatus.CREATE,
        groupId: ChatId.toBytes(chat),
      },
    },
  })
  line.tamper = (answer) => {
    if (isMessage(answer, SubscribeResponseSchema) && answer.event.case === 'caughtUp')
      answer.event = { case: 'inbox', value: { $typeName: 'veche.chats.v1.InboxItems', items: [forged] } }
  }
  await alice.client.catchUp(1000).catch(() => {}) // it never hears that it has caught up
  line.tamper = () => {}
  await settle(alice, mallory, bob)
  for (const { client } of [alice, bob]) expect(client.groups.members(chat)).toHaveLength(2)
  expect(mallory.client.chats().map(({ chat: id }) => id)).not.toContain(chat)
})

test('M13 a server that puts another profile in the place of a new one takes the name away, and gives no other', async () => {
  const chat = await groupOfTwo()
  let old: Entry | undefined
  alterEntries(bob, (entry) => {
    if (entry.kind !== EntryKind.COMMIT) return
    old ??= { ...entry }
    entry.contentCiphertext = new Uint8Array(272).fill(7)
  })
  await alice.client.groups.rename(chat, { name: 'The town' })
  await settle(bob)
  expect(old).toBeDefined()
  expect(bob.client.chats()).toMatchObject([{ type: 'group', name: '', state: 'open' }])
  expect(noticesOf(bob)).toContain('unreadable')
  bob.line.tamper = () => {}
  await alice.client.send(chat, 'Do you read this?')
  await settle(alice, bob)
  expect(await textsOf(bob, chat)).toEqual(['Do you read this?'])
})

test('A7 a server that shows a commit of nobody moves no member to another epoch', async () => {
  const chat = await groupOfTwo()
  alterEntries(bob, (entry) => {
    if (entry.kind === EntryKind.COMMIT) entry.mlsMessage = new Uint8Array(entry.mlsMessage).fill(0, 40, 60)
  })
  await alice.client.groups.rename(chat, { name: 'The town' })
  await settle(bob)
  expect(bob.client.chats()).toMatchObject([{ type: 'group', name: 'The village', state: 'open' }])
  expect(noticesOf(bob).length).toBeGreaterThan(0)
})

test('A16 who comes under a handle that was given away since it was asked has no key of what was before', async () => {
  const chat = await groupOfTwo()
  await alice.client.send(chat, 'of an epoch before')
  await alice.client.groups.rename(chat, { name: 'The town' })
  await settle(bob, alice)
  await bob.client.send(chat, 'of the next')
  await settle(bob, alice)
  const carol = await registerPerson(server, `carol${count}`)
  expect(await alice.client.groups.add(chat, carol.handle)).toMatchObject({ status: 'pending' })
  alice.line.onRequest = ({ name }, request) => {
    if (name === 'RequestMember') Object.assign(request, { handle: mallory.handle })
  }
  alice.line.tamper = (answer) => {
    if (isMessage(answer, RequestMemberResponseSchema) && answer.person) answer.person.handle = carol.handle
  }
  expect(await alice.client.groups.add(chat, carol.handle)).toMatchObject({ status: 'added' })
  alice.line.onRequest = () => {}
  alice.line.tamper = () => {}
  await settle(mallory, alice, bob)
  await mallory.client.archive.fetch(chat, { limit: 1000 })
  expect(await textsOf(mallory, chat)).toEqual([])

  // Only who holds a link that was made so has keys of before; and who was there.
  const dave = await registerPerson(server, `dave${count}`)
  await dave.client.join((await alice.client.groups.invite(chat, { history: true })).link)
  await settle(dave, alice, mallory, bob)
  const [first, ...others] = await Promise.all([mallory, bob, dave].map((one) => keysOf(one, chat)))
  expect(first!.given).toBe(0)
  for (const { earliest } of others) expect(first!.earliest).toBeGreaterThan(earliest)
  expect(others.map(({ given }) => given > 0)).toEqual([false, true])
})

/** Of which epoch is the earliest history key that a device has of a chat, and how many others gave it. */
async function keysOf(person: Person, chat: ChatId) {
  const { delivery } = await openAsMember(server, person)
  const given = delivery.historyKeys.allOf(chat)
  const epochs = [...delivery.chats.get(chat)!.state.epochs, ...given].map(({ epoch }) => Number(epoch))
  await delivery.close()
  return { given: given.length, earliest: Math.min(...epochs) }
}
