import { hash, randomBytes } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import { receive, revokeDevice, view } from '@veche/mls'
import { encodeChatState } from '@veche/mls/wire'
import { AccountId, ChatId, DeviceId } from '@veche/protocol'
import {
  ChatType,
  EntryKind,
  type InboxItem,
  RequestStatus,
  SealedGroupInfoSchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type ChatState, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type GroupCommit, groupState, TestGroup, withRoles } from '../testing/group.ts'
import { type Person, withNewDevice } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { openChatBetween, startTestService, type TestService } from '../testing/test-service.ts'

let service: TestService
let alice: Person
let bob: Person
let carol: Person
const { CREATE, OPEN } = RequestStatus

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  alice = await service.enrol('alice', 'allowed')
  bob = await service.enrol('bob', 'allowed')
  carol = await service.enrol('carol', 'allowed')
})

const newGroup = (creator = alice) => new TestGroup((person) => service.as(person), creator)
const chatsOf = async (person: Person) => (await service.as(person).listChats({})).chats
const askFor = (group: TestGroup, person: Person, { handle }: Person) =>
  service.as(person).requestMember({ chatId: group.id, handle })

async function inboxOf(person: Person): Promise<InboxItem['item'][]> {
  const found: InboxItem['item'][] = []
  for await (const { event } of service.as(person).subscribe({})) {
    if (event.case === 'inbox') found.push(...event.value.items.map(({ item }) => item))
    if (event.case === 'caughtUp') break
  }
  return found
}

test('M13 a group begins with its creator alone, and is nobody else’s', async () => {
  const { request } = await newGroup().first()
  const answer = await service.as(alice).createGroup(request)
  expect(answer).toMatchObject({ position: 1n })
  const [chat] = await chatsOf(alice)
  expect(chat).toMatchObject({
    chatId: request.chatId,
    type: ChatType.GROUP,
    head: 1n,
    epoch: 1n,
    kept: true,
  })
  expect(chat).toMatchObject({ ownKept: false, peerKept: false, blocked: false })
  expect(chat!.peer).toBeUndefined()
  expect(await chatsOf(bob)).toEqual([])
  expect(await refusalOf(service.as(bob).listEntries({ chatId: request.chatId }))).toBe(
    'NotFound chat_unknown',
  )
  expect(await refusalOf(service.as(bob).listChatDevices({ chatId: request.chatId }))).toBe(
    'NotFound chat_unknown',
  )
  const block = service.as(alice).setBlocked({ chatId: request.chatId, blocked: true })
  expect(await refusalOf(block)).toBe('NotFound chat_unknown')
})

test('M13 the same bytes answer the same, also many at once; any others find that the chat exists', async () => {
  const group = newGroup()
  const { request } = await group.first()
  const other = await group.first()
  const open = (person = alice, given = request) => service.as(person).createGroup(given)
  const answers = await Promise.all(Array.from({ length: 8 }, () => open()))
  service.accounts.add(await withNewDevice(alice))
  answers.push(await open())
  expect(new Set(answers.map(({ position, receivedAtMs }) => `${position} ${receivedAtMs}`)).size).toBe(1)
  expect(await refusalOf(open(alice, other.request))).toBe('Aborted chat_exists')
  expect(await refusalOf(open(bob))).toBe('Aborted chat_exists')
  const profile = { ...request.handshake, profileCiphertext: randomBytes(10) }
  expect(await refusalOf(open(alice, { ...request, handshake: profile }))).toBe('Aborted chat_exists')
})

test('M13 a chat id that two have agreed on for their private chat is taken', async () => {
  const { right } = await service.as(alice).requestChat({ handle: bob.handle })
  const group = newGroup()
  Object.assign(group, { id: right!.chatId, chatId: ChatId.fromBytes(right!.chatId) })
  const { request } = await group.first()
  expect(await refusalOf(service.as(alice).createGroup(request))).toBe('Aborted chat_exists')
  await openChatBetween(service, alice, bob)
})

test('M13 other devices of the creator are told, and welcomed with the profile', async () => {
  const laptop = await withNewDevice(alice)
  service.accounts.add(laptop)
  const group = await newGroup().create(laptop)
  const [welcome, opened] = (await inboxOf(laptop)) as [InboxItem['item'], InboxItem['item']]
  expect(welcome).toMatchObject({
    case: 'welcome',
    value: { chatId: group.id, position: 1n, chat: { type: ChatType.GROUP } },
  })
  const { profileCiphertext, wrappedProfileKey } = welcome.value as never as Record<string, Uint8Array>
  expect(Buffer.from(profileCiphertext!)).toEqual(Buffer.from(group.profile))
  expect(wrappedProfileKey).toHaveLength(60)
  expect(opened).toMatchObject({ case: 'chatOpened', value: { chatId: group.id, type: ChatType.GROUP } })
  expect(await chatsOf(laptop)).toHaveLength(1)
})

test('M13 a state that is not that of a new group of the caller begins none', async () => {
  const group = newGroup()
  const good = groupState(group.profile, [alice, Role.OWNER])
  const bad: Partial<ChatState>[] = [
    groupState(group.profile, [alice, Role.ADMIN]),
    groupState(group.profile, [alice, Role.OWNER], [bob, Role.MEMBER]),
    { ...good, bannedAccounts: [AccountId.toBytes(bob.accountId)] },
    { ...good, revokedDevices: [randomBytes(16)] },
    { ...good, incarnation: 1 },
    { ...good, profileHash: new Uint8Array() },
  ]
  const { request } = await group.first()
  for (const state of bad) {
    const chatState = encodeChatState({ ...good, ...state })
    const call = service.as(alice).createGroup({ ...request, chatState })
    expect(await refusalOf(call)).toBe('InvalidArgument state_invalid')
  }
  for (const chatState of [
    new Uint8Array(),
    randomBytes(700_000),
    Buffer.concat([request.chatState, Buffer.of(0)]),
  ]) {
    const call = service.as(alice).createGroup({ ...request, chatState })
    expect(await refusalOf(call)).toBe('InvalidArgument state_invalid')
  }
  const foreign = service.as(bob).createGroup(request)
  expect(await refusalOf(foreign)).toBe('InvalidArgument state_invalid')
  await service.as(alice).createGroup(request)
})

test('M13 a first commit without its profile, or with another one, begins no group', async () => {
  const { request } = await newGroup().first()
  for (const change of [
    { profileCiphertext: new Uint8Array() },
    { profileCiphertext: randomBytes(300) },
    { profileCiphertext: randomBytes(16 * 1024 + 1) },
    { wrappedProfileKey: new Uint8Array() },
    { wrappedProfileKey: randomBytes(61) },
    { groupInfos: [create(SealedGroupInfoSchema, { inviteId: randomBytes(16) })] },
    { commit: randomBytes(100) },
  ]) {
    const call = service
      .as(alice)
      .createGroup({ ...request, handshake: { ...request.handshake, ...change } as never })
    expect(await refusalOf(call)).toBe('InvalidArgument commit_invalid')
  }
  const nothing = service.as(alice).createGroup({ chatId: request.chatId, chatState: request.chatState })
  expect(await refusalOf(nothing)).toBe('InvalidArgument commit_invalid')
  const noId = service.as(alice).createGroup({ ...request, chatId: randomBytes(5) })
  expect(await refusalOf(noId)).toBe('InvalidArgument commit_invalid')
})

test('M13 an account creates a hundred groups at once, then one more each five minutes', async () => {
  await using limited = await startTestService({ unlimited: false })
  limited.accounts.add(alice)
  const chats = limited.as(alice)
  const { request } = await newGroup().first()
  for (let index = 0; index < 100; index++) await chats.createGroup(request)
  expect(await refusalOf(chats.createGroup(request))).toBe('ResourceExhausted too_many_groups')
  limited.clock.advance(300_000)
  await limited.as(alice).createGroup(request)
})

test('M11 M13 one who accepts anyone is added at once, with the grant, and then all write', async () => {
  const group = await newGroup().create()
  const asked = await askFor(group, alice, bob)
  expect(asked).toMatchObject({ status: CREATE, person: { handle: bob.handle } })
  expect(asked.grant.length).toBeGreaterThan(64)
  expect(await group.add(alice, Role.MEMBER, bob)).toBe(2n)
  expect(await askFor(group, alice, bob)).toMatchObject({ status: OPEN, requestId: new Uint8Array() })
  expect((await service.as(alice).listRequests({})).outgoing).toEqual([])
  expect(view(group.of(bob)).epochDigest).toEqual(view(group.of(alice)).epochDigest)
  await group.write(bob)
  await group.write(alice)
  const { entries } = await service.as(bob).listEntries({ chatId: group.id, limit: 500, after: 1n })
  expect(entries.map(({ kind }) => kind)).toEqual([
    EntryKind.COMMIT,
    EntryKind.APPLICATION,
    EntryKind.APPLICATION,
  ])
  expect(Buffer.from(entries[0]!.contentCiphertext)).toEqual(Buffer.from(group.profile))
  expect(entries[0]!.wrappedKey).toHaveLength(60)
  const [welcome] = await inboxOf(bob)
  expect(welcome).toMatchObject({
    case: 'welcome',
    value: { chatId: group.id, position: 2n },
  })
  for (const person of [alice, bob]) expect(await chatsOf(person)).toMatchObject([{ chatId: group.id }])
})

test('M10 M11 a contact is added at once though it asks to be asked, but not while one blocks the other', async () => {
  const { id } = await openChatBetween(service, alice, bob)
  service.accounts.setPolicy(bob, 'confirm')
  const group = await newGroup().create()
  await service.as(bob).setBlocked({ chatId: id, blocked: true })
  expect(await askFor(group, alice, bob)).toMatchObject({
    status: RequestStatus.PENDING,
    grant: new Uint8Array(),
  })
  await service.as(bob).setBlocked({ chatId: id, blocked: false })
  expect(await askFor(group, alice, bob)).toMatchObject({ status: CREATE })
  await group.add(alice, Role.MEMBER, bob)
})

test('M11 nobody is added who was not asked, nor by a right that somebody else has got', async () => {
  const group = await newGroup().create()
  await group.add(alice, Role.ADMIN, bob)
  const byAlice = withRoles(group.state, [carol, Role.MEMBER])
  const unasked = await group.commit(alice, [carol], { state: byAlice })
  expect(await refusalOf(group.append(alice, unasked.handshake))).toBe('PermissionDenied not_allowed')
  const onlyListed = await group.commit(alice, [], { state: byAlice })
  expect(await refusalOf(group.append(alice, onlyListed.handshake))).toBe('PermissionDenied not_allowed')
  await askFor(group, bob, carol)
  expect(await refusalOf(group.append(alice, unasked.handshake))).toBe('PermissionDenied not_allowed')
  await askFor(group, alice, carol)
  service.clock.advance(25 * 60 * 60 * 1000)
  expect(await refusalOf(group.append(alice, unasked.handshake))).toBe('PermissionDenied not_allowed')
  await askFor(group, alice, carol)
  expect(await group.append(alice, unasked.handshake)).toMatchObject({ position: 3n })
})

test('A3 only devices that an account has now are added', async () => {
  const group = await newGroup().create()
  const laptop = await withNewDevice(bob)
  await askFor(group, alice, bob)
  const state = withRoles(group.state, [bob, Role.MEMBER])
  const made = await group.commit(alice, [bob, laptop], { state })
  expect(await refusalOf(group.append(alice, made.handshake))).toBe('PermissionDenied not_allowed')
  service.accounts.add(laptop, 'allowed')
  await group.append(alice, made.handshake)
  const { accounts } = await service.as(laptop).listChatDevices({ chatId: group.id })
  expect(
    accounts.map(({ person, devices, grant }) => [person!.handle, devices.length, grant.length]).sort(),
  ).toEqual([
    [alice.handle, 1, 0],
    [bob.handle, 2, 0],
  ])
})

/** Refused by members and server alike. */
async function expectRefused(group: TestGroup, person: Person, commit: GroupCommit): Promise<void> {
  const other = group.creator === person ? bob : group.creator
  const received = await receive(group.of(other), commit.handshake.commit)
  expect(received.kind).toBe('refused')
  expect(await refusalOf(group.append(person, commit.handshake))).toBe('PermissionDenied not_allowed')
}

test('A1 who has no right to add, rename, remove or change roles is refused, by members and server alike', async () => {
  const group = await newGroup().create()
  await group.add(alice, Role.MEMBER, bob)
  expect(await refusalOf(askFor(group, bob, carol))).toBe('PermissionDenied not_allowed')
  await askFor(group, alice, carol)
  const { state } = group
  const remove = group.leavesOf(alice)
  for (const made of [
    await group.forge(bob, [carol], { state: withRoles(state, [carol, Role.MEMBER]) }),
    await group.forge(bob, [], { state: withRoles(state, [bob, Role.OWNER]) }),
    await group.forge(bob, [], { state: { ...state, profileHash: hash('sha256', 'other', 'buffer') } }),
    await group.forge(bob, [], { state: withRoles(state, [alice, undefined], [bob, Role.OWNER]), remove }),
  ]) {
    await expectRefused(group, bob, made)
  }
  await group.change(alice, [], { state: withRoles(state, [bob, Role.ADMIN]) })
  await askFor(group, bob, carol)
  await group.change(bob, [carol], { state: withRoles(group.state, [carol, Role.MEMBER]) })
  await group.write(carol)
})

test('M13 who may rename changes the profile, and whoever comes later has the new one', async () => {
  const group = await newGroup().create()
  await group.add(alice, Role.MEMBER, bob)
  group.profile = randomBytes(16 * 1024)
  const profileHash = hash('sha256', group.profile, 'buffer')
  await group.change(alice, [], { state: { ...group.state, profileHash } })
  const old = group.profile
  group.profile = randomBytes(300)
  const unnamed = await group.commit(bob, [], {})
  expect(await refusalOf(group.append(bob, unnamed.handshake))).toBe('InvalidArgument commit_invalid')
  group.profile = old
  await group.add(alice, Role.MEMBER, carol)
  const [welcome] = await inboxOf(carol)
  expect(welcome?.case === 'welcome' && Buffer.from(welcome.value.profileCiphertext)).toEqual(old)
})

test('M13 a reader reads and does not write, until the right is given', async () => {
  const group = await newGroup().create()
  await group.add(alice, Role.READER, bob)
  expect(await refusalOf(group.forgeMessage(bob))).toBe('PermissionDenied not_allowed')
  await service.restart()
  expect(await refusalOf(group.forgeMessage(bob))).toBe('PermissionDenied not_allowed')
  await group.change(bob, [], {}) // new keys are anybody's own
  expect(await refusalOf(group.forgeMessage(bob))).toBe('PermissionDenied not_allowed')
  const messageId = randomBytes(16)
  await group.change(alice, [], { state: withRoles(group.state, [bob, Role.MEMBER]) })
  const stored = await group.write(bob, messageId)
  await group.change(alice, [], { state: withRoles(group.state, [bob, Role.READER]) })
  expect(await refusalOf(group.forgeMessage(bob))).toBe('PermissionDenied not_allowed')
  expect(await group.forgeMessage(bob, messageId)).toEqual(stored) // a retry is answered, whatever has changed since
})

test('A7 of many commits to one epoch one wins, and it alone changes the group', async () => {
  const group = await newGroup().create()
  await group.add(alice, Role.ADMIN, bob, carol)
  const people = [alice, bob, carol]
  const commits = await Promise.all(
    people.map((person, index) => {
      const state = withRoles(group.state, [people[(index + 1) % 3]!, Role.ADMIN])
      return group.commit(person, [], index === 0 ? { state: withRoles(state, [carol, Role.READER]) } : {})
    }),
  )
  const answers = await Promise.allSettled(
    commits.map(({ handshake }, index) => group.append(people[index]!, handshake)),
  )
  const won = answers.findIndex(({ status }) => status === 'fulfilled')
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const [index, { handshake }] of commits.entries()) {
    if (index !== won)
      expect(await refusalOf(group.append(people[index]!, handshake))).toBe('Aborted epoch_conflict')
  }
  await group.took(people[won]!, commits[won]!)
  if (won === 0) expect(await refusalOf(group.forgeMessage(carol))).toBe('PermissionDenied not_allowed')
  else await group.write(carol)
})

test('A13 a commit that is stored is answered again with its position, also when it is long past', async () => {
  const group = await newGroup().create()
  await askFor(group, alice, bob)
  const made = await group.commit(alice, [bob], { state: withRoles(group.state, [bob, Role.MEMBER]) })
  const messageId = randomBytes(16)
  const stored = await group.append(alice, made.handshake, messageId)
  expect(await group.append(alice, made.handshake, messageId)).toEqual(stored)
  await group.took(alice, made)
  await group.change(alice, [], {})
  expect(await group.append(alice, made.handshake, messageId)).toEqual(stored)
})

test('M13 M19 who is removed gets that commit and nothing after, and who is banned does not come back', async () => {
  const group = await newGroup().create()
  await group.add(alice, Role.MEMBER, bob, carol)
  const out = withRoles(group.state, [bob, undefined])
  const state = { ...out, bannedAccounts: [AccountId.toBytes(bob.accountId)] }
  const position = await group.change(alice, [], { state, remove: group.leavesOf(bob) })
  await group.write(alice)
  expect(await chatsOf(bob)).toEqual([])
  const { entries, head } = await service.as(bob).listEntries({ chatId: group.id, limit: 500 })
  expect([head, entries.at(-1)!.position]).toEqual([position, position])
  for (const call of [
    () => service.as(bob).listChatDevices({ chatId: group.id }),
    () => askFor(group, bob, carol),
    () => service.as(bob).setKept({ chatId: group.id, kept: false }),
  ]) {
    expect(await refusalOf(call())).toBe('NotFound chat_unknown')
  }
  expect(await refusalOf(askFor(group, alice, bob))).toBe('PermissionDenied not_allowed')
  const back = await group.forge(alice, [], { state: { ...group.state, bannedAccounts: [] } })
  await group.append(alice, back.handshake)
  await group.took(alice, back)
  expect(await askFor(group, alice, bob)).toMatchObject({ status: CREATE })
  await group.add(alice, Role.MEMBER, bob)
  await group.write(bob)
})

test('A3 a new device of a member is announced in its groups, and comes in by any member', async () => {
  const group = await newGroup().create()
  await group.add(alice, Role.MEMBER, bob, carol)
  const laptop = await withNewDevice(bob)
  service.accounts.add(laptop, 'allowed')
  await inboxOf(laptop)
  const told = async (person: Person) =>
    (await inboxOf(person)).filter((item) => item.case === 'devicesChanged')
  await expect.poll(() => told(carol), { timeout: 20_000 }).toHaveLength(1)
  expect(await told(alice)).toMatchObject([{ value: { chatId: group.id } }])
  const { accounts } = await service.as(carol).listChatDevices({ chatId: group.id })
  expect(accounts.filter(({ grant }) => grant.length > 0).map(({ person }) => person!.handle)).toEqual([
    bob.handle,
  ])
  await group.change(carol, [laptop], {})
  await group.write(laptop)
  const revocation = await revokeDevice(bob.sign, bob.accountKey, bob.deviceId)
  const state = { ...group.state, revokedDevices: [DeviceId.toBytes(bob.deviceId)] }
  const [old] = group.leavesOf(bob)
  await group.change(carol, [], { state, remove: [old!], revocations: [revocation] })
  expect(await refusalOf(service.as(bob).listChatDevices({ chatId: group.id }))).toBe('NotFound chat_unknown')
  await group.write(laptop)
})
