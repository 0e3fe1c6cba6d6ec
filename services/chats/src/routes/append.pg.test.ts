import { randomBytes } from 'node:crypto'
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import {
  commit,
  create as createGroup,
  type Group,
  newKeyPackage,
  receive,
  revokeDevice,
  view,
} from '@veche/mls'
import { ChatId, DeviceId, randomId } from '@veche/protocol'
import { EntryKind, HandshakeSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { MAX_APPLICATION_BYTES } from '../limits.ts'
import {
  message,
  newPerson,
  type Person,
  privateState,
  updateCommit,
  withNewDevice,
} from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import {
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

type Message = Awaited<ReturnType<typeof message>>['application']
type HandshakeInit = MessageInitShape<typeof HandshakeSchema>

const send = (person: Person, application: Partial<Message>, messageId: Uint8Array = randomBytes(16)) =>
  service
    .as(person)
    .append({ chatId: chat.id, messageId, entry: { case: 'application', value: application } })
const sendCommit = (person: Person, handshake: HandshakeInit, messageId: Uint8Array = randomBytes(16)) =>
  service.as(person).append({
    chatId: chat.id,
    messageId,
    entry: { case: 'handshake', value: create(HandshakeSchema, handshake) },
  })
const entriesOf = async (person: Person, after = 0n, limit = 0) =>
  service.as(person).listEntries({ chatId: chat.id, after, limit })

/** A commit of the first person's, after which all keep to the group it begins. */
async function advance(group: Group): Promise<Group> {
  const { handshake, next } = await updateCommit(alice, group)
  await sendCommit(alice, handshake)
  return next
}

test('an entry comes back as it was sent, with its place and time', async () => {
  const { application } = await message(bob, chat.groups[1])
  const messageId = randomBytes(16)
  const { position, receivedAtMs } = await send(bob, application, messageId)
  expect({ position, receivedAtMs }).toEqual({ position: 2n, receivedAtMs: BigInt(service.clock.nowMs()) })
  const { entries, head } = await entriesOf(alice)
  expect(head).toBe(2n)
  expect(entries[0]).toMatchObject({ position: 1n, kind: EntryKind.COMMIT, epoch: 0n })
  expect(entries[1]).toMatchObject({ position: 2n, kind: EntryKind.APPLICATION, epoch: 1n, receivedAtMs })
  for (const field of ['mlsMessage', 'contentCiphertext', 'wrappedKey'] as const) {
    expect(Buffer.from(entries[1]![field])).toEqual(Buffer.from(application[field]))
  }
  expect(Buffer.from(entries[1]!.deviceId)).toEqual(Buffer.from(DeviceId.toBytes(bob.deviceId)))
})

test('a retry is answered with the first position, also many at once and with other bytes', async () => {
  const messageId = randomBytes(16)
  const { application, group } = await message(alice, chat.groups[0])
  const again = await message(alice, group)
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      send(alice, index % 2 ? application : again.application, messageId),
    ),
  )
  await service.restart()
  answers.push(await send(alice, application, messageId))
  expect(new Set(answers.map(({ position }) => position))).toEqual(new Set([2n]))
  expect((await entriesOf(bob)).head).toBe(2n)
  const { application: other } = await message(bob, chat.groups[1])
  expect((await send(bob, other, messageId)).position).toBe(3n)
})

test('A13 a stale message is refused, but for a retry of one that is stored', async () => {
  const early = await message(bob, chat.groups[1])
  const messageId = randomBytes(16)
  await send(bob, early.application, messageId)
  let group = await advance(chat.groups[0])
  group = await advance(group)
  const late = await message(bob, early.group)
  expect((await send(bob, late.application)).position).toBe(5n)
  await advance(group)
  expect(await refusalOf(send(bob, late.application))).toBe('FailedPrecondition stale_epoch')
  expect((await send(bob, early.application, messageId)).position).toBe(2n)
})

test('A7 of 200 commits to one epoch exactly one wins, and all agree on it', async () => {
  const commits = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const [person, group] =
        index % 2 ? ([alice, chat.groups[0]] as const) : ([bob, chat.groups[1]] as const)
      return { person, ...(await updateCommit(person, group)) }
    }),
  )
  const answers = await Promise.allSettled(
    commits.map(({ person, handshake }) => sendCommit(person, handshake)),
  )
  const winners = commits.filter((_, index) => answers[index]!.status === 'fulfilled')
  expect(winners).toHaveLength(1)
  const refusals = await Promise.all(
    answers
      .filter(({ status }) => status === 'rejected')
      .map((answer) => refusalOf(Promise.reject((answer as PromiseRejectedResult).reason))),
  )
  expect(new Set(refusals)).toEqual(new Set(['Aborted epoch_conflict']))
  const { entries } = await entriesOf(alice, 1n)
  expect(entries).toHaveLength(1)
  const [winner] = winners
  const loser = winner!.person === alice ? 1 : 0
  const received = await receive(chat.groups[loser], entries[0]!.mlsMessage)
  if (received.kind !== 'commit') throw new Error(received.kind)
  expect(view(received.group).epochDigest).toEqual(view(winner!.next).epochDigest)
})

test('one refused entry fails no other', async () => {
  const first = await message(alice, chat.groups[0])
  const second = await message(alice, first.group)
  const bad = { ...first.application, mlsMessage: Uint8Array.of(1, 2, 3) }
  const other = await message(bob, chat.groups[1])
  const stranger = service.as(await newPerson('stranger'))
  const answers = await Promise.allSettled([
    send(alice, first.application),
    send(alice, bad),
    stranger.append({
      chatId: chat.id,
      messageId: randomBytes(16),
      entry: { case: 'application', value: first.application },
    }),
    send(bob, other.application),
    send(alice, second.application),
  ])
  expect(answers.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
    'fulfilled',
  ])
})

test('what an entry is checked for before anything else', async () => {
  const { application, group } = await message(alice, chat.groups[0])
  const elsewhere = await openChatBetween(service, alice, await someone())
  const foreign = await message(alice, elsewhere.groups[0])
  const refused: Partial<Message>[] = [
    {
      ...application,
      contentCiphertext: new Uint8Array(MAX_APPLICATION_BYTES - application.mlsMessage.length),
    },
    { ...application, contentCiphertext: new Uint8Array() },
    { ...application, wrappedKey: new Uint8Array(59) },
    { ...application, mlsMessage: new Uint8Array() },
    { ...application, mlsMessage: foreign.application.mlsMessage },
    { ...application, mlsMessage: (await updateCommit(alice, group)).handshake.commit },
  ]
  for (const value of refused)
    expect(await refusalOf(send(alice, value))).toBe('InvalidArgument entry_invalid')
  expect(await refusalOf(send(alice, application, randomBytes(15)))).toBe('InvalidArgument entry_invalid')
  expect(await refusalOf(service.as(alice).append({ chatId: chat.id }))).toBe('InvalidArgument entry_invalid')
  expect((await send(alice, { ...application, wrappedKey: new Uint8Array() })).position).toBe(2n)
})

test('a chat that is not there and one that is not mine answer alike', async () => {
  const eve = await someone()
  const absent = randomId(ChatId)
  const nowhere = await createGroup(eve.device, { chatId: absent, state: privateState(eve, alice) })
  const tried: [Uint8Array, Group, Person][] = [
    [chat.id, chat.groups[0], alice],
    [ChatId.toBytes(absent), nowhere, eve],
  ]
  for (const [chatId, group, author] of tried) {
    const { application } = await message(author, group)
    const { handshake } = await updateCommit(author, group)
    const append = { chatId, messageId: randomBytes(16) }
    const client = service.as(eve)
    const calls = [
      () => client.append({ ...append, entry: { case: 'application', value: application } }),
      () => client.append({ ...append, entry: { case: 'handshake', value: handshake } }),
      () => client.listEntries({ chatId }),
    ]
    for (const call of calls) expect(await refusalOf(call())).toBe('NotFound chat_unknown')
  }
  expect(await refusalOf(service.as(eve).listEntries({ chatId: new Uint8Array(3) }))).toBe(
    'NotFound chat_unknown',
  )
})

test('a member joins a second device of its own, with its Welcome; a foreign device is refused', async () => {
  const laptop = await withNewDevice(bob)
  const { keyPackage } = await newKeyPackage(laptop.device, { nowMs: Date.now() })
  const pending = await commit(chat.groups[1], bob.device, { add: [keyPackage] })
  const handshake = { commit: pending.commit, welcome: pending.welcome! }
  expect(await refusalOf(sendCommit(bob, handshake))).toBe('PermissionDenied not_allowed')
  service.accounts.add(laptop)
  expect(await refusalOf(sendCommit(bob, { commit: pending.commit }))).toBe('InvalidArgument commit_invalid')
  expect((await sendCommit(bob, handshake)).position).toBe(2n)
  expect((await service.as(laptop).listEntries({ chatId: chat.id })).head).toBe(2n)
})

test('a revoked device reads up to the commit that removed it, and no further', async () => {
  const laptop = await withNewDevice(bob)
  service.accounts.add(laptop)
  const { keyPackage } = await newKeyPackage(laptop.device, { nowMs: Date.now() })
  const added = await commit(chat.groups[1], bob.device, { add: [keyPackage] })
  await sendCommit(bob, { commit: added.commit, welcome: added.welcome! })
  const revokedDevices = [DeviceId.toBytes(laptop.deviceId)]
  const removed = await commit(added.next, bob.device, {
    remove: [2],
    state: { ...privateState(alice, bob), revokedDevices },
    revocations: [await revokeDevice(bob.sign, bob.accountKey, laptop.deviceId)],
  })
  await sendCommit(bob, { commit: removed.commit })
  const { application } = await message(bob, removed.next)
  await send(bob, application)
  const { entries, head } = await service.as(laptop).listEntries({ chatId: chat.id })
  expect({ last: entries.at(-1)?.position, head }).toEqual({ last: 3n, head: 3n })
  expect(await refusalOf(send(laptop, application))).toBe('NotFound chat_unknown')
})

test('what a commit is checked for before it may win', async () => {
  const { handshake } = await updateCommit(alice, chat.groups[0])
  const { commit: bytes } = handshake
  const sealed = { inviteId: randomBytes(16), ciphertext: randomBytes(9) }
  const refused: HandshakeInit[] = [
    {},
    { commit: bytes, welcome: randomBytes(99) },
    { commit: bytes, profileCiphertext: randomBytes(9) },
    { commit: bytes, groupInfos: [sealed] },
    { commit: new Uint8Array(2 * 1024 * 1024 + 1) },
    { commit: (await message(alice, chat.groups[0])).application.mlsMessage },
  ]
  for (const value of refused)
    expect(await refusalOf(sendCommit(alice, value))).toBe('InvalidArgument commit_invalid')
  expect(await refusalOf(sendCommit(bob, handshake))).toBe('InvalidArgument commit_invalid')
  expect(await refusalOf(sendCommit(alice, handshake, randomBytes(1)))).toBe('InvalidArgument entry_invalid')
  expect((await sendCommit(alice, handshake)).position).toBe(2n)
})

test('entries are listed in pages, by number and by size', async () => {
  let [group] = chat.groups
  for (let index = 0; index < 6; index++) {
    const next = await message(alice, group)
    group = next.group
    await send(alice, { ...next.application, contentCiphertext: randomBytes(200_000) })
  }
  expect((await entriesOf(bob, 1n, 2)).entries.map(({ position }) => position)).toEqual([2n, 3n])
  expect((await entriesOf(bob, 1n)).entries).toHaveLength(5)
  expect((await entriesOf(bob, 7n)).entries).toEqual([])
  expect(await entriesOf(bob, 2n ** 64n - 1n)).toMatchObject({ entries: [], head: 7n })
})

test('M15 the stored bytes are sealed, each for its own place', async () => {
  const { application } = await message(alice, chat.groups[0])
  await send(alice, application)
  const { rows } = await service.database.query<{ payload: Buffer }>(
    'SELECT payload FROM entries WHERE chat_id = $1',
    [chat.id],
  )
  for (const secret of Object.values(application)) {
    expect(rows.some(({ payload }) => payload.includes(Buffer.from(secret)))).toBe(false)
  }
  await service.database.query(
    `UPDATE entries SET payload = (SELECT payload FROM entries WHERE chat_id = $1 AND position = 1)
     WHERE chat_id = $1 AND position = 2`,
    [chat.id],
  )
  expect(await refusalOf(entriesOf(alice))).toBe('Internal undefined')
})

test('a device appends as often as its bucket allows', async () => {
  await using limited = await startTestService({ unlimited: false })
  limited.accounts.add(alice)
  const empty = () => limited.as(alice).append({ chatId: chat.id })
  const refusals = await Promise.all(Array.from({ length: 700 }, () => refusalOf(empty())))
  expect(refusals.filter((reason) => reason === 'ResourceExhausted too_many_calls')).toHaveLength(100)
})

async function someone(): Promise<Person> {
  const person = await service.enrol('someone')
  return person
}
