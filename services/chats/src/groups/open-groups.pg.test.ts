import { hash, randomBytes } from 'node:crypto'
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { type CommitIntent, newInvite } from '@veche/mls'
import { AccountId, ChatId } from '@veche/protocol'
import { PublicationSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Invite } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { TestGroup } from '../testing/group.ts'
import type { Person } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { startTestService, type TestService } from '../testing/test-service.ts'

let service: TestService
let alice: Person
let bob: Person
let group: TestGroup
let seed: Uint8Array
let invite: Invite

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  alice = await service.enrol('alice', 'forbidden')
  bob = await service.enrol('bob', 'forbidden')
  group = await new TestGroup((person) => service.as(person), alice).create()
  seed = Uint8Array.from(randomBytes(32))
  invite = { ...(await newInvite(seed)), open: true }
  service.directory.told.length = 0
})

type Published = MessageInitShape<typeof PublicationSchema>

const titles = { name: 'Garden', description: 'Seeds\nand beds' }
const found = async (requester?: Person) => {
  const requesterId = requester ? AccountId.toBytes(requester.accountId) : new Uint8Array()
  return (await service.internal.getOpenGroups({ chatIds: [group.id], requesterId })).groups
}

/** A commit with what it publishes, as the server answers it. */
async function send(intent: CommitIntent, publication?: Published) {
  const made = await group.commit(alice, [], intent)
  if (publication) made.handshake.publication = create(PublicationSchema, publication)
  await group.append(alice, made.handshake)
  await group.took(alice, made)
}

const opened = () => ({ state: { ...group.state, invites: [invite] } })
const closed = () => ({ state: { ...group.state, invites: [] } })
const openGroup = () => send(opened(), { inviteSeed: seed, ...titles })

test('M13 M21 a group is opened by the commit of a member, and closed by one', async () => {
  await openGroup()
  expect(await found()).toMatchObject([{ chatId: group.id, inviteSeed: seed, people: 1, ...titles }])
  expect(
    (await service.internal.listOpenGroups({})).groups.map(({ chatId }) => ChatId.fromBytes(chatId)),
  ).toContain(ChatId.fromBytes(group.id))
  await group.join(bob, seed)
  expect(await found()).toMatchObject([{ people: 2 }])
  await send(closed())
  expect(await found()).toEqual([])
  expect(service.directory.told).toEqual([1, 2].map(() => ChatId.fromBytes(group.id)))
})

test('M13 an open link is good for as long as the group is open', async () => {
  await openGroup()
  service.clock.advance(366 * 24 * 3_600_000)
  const [live] = (await service.as(alice).listInvites({ chatId: group.id })).invites
  expect(live!.maxUses).toBe(2 ** 31 - 1)
  await group.join(bob, seed)
})

test('M21 a change of what the group is called is published with the commit that makes it, or refused', async () => {
  await openGroup()
  const before = group.profile
  group.profile = randomBytes(300)
  const renamed = () => ({ state: { ...group.state, profileHash: hash('sha256', group.profile, 'buffer') } })
  expect(await refusalOf(send(renamed()))).toBe('InvalidArgument commit_invalid')
  group.profile = before
  expect(await refusalOf(send({}, { ...titles, name: 'House' }))).toBe('InvalidArgument commit_invalid')
  group.profile = randomBytes(300)
  await send(renamed(), { ...titles, name: 'House' })
  expect(await found()).toMatchObject([{ inviteSeed: seed, ...titles, name: 'House' }])
})

test('A5 what is published is the seed of the group’s own open link, with a name in its bounds', async () => {
  const wrong: (Published | undefined)[] = [
    undefined,
    titles,
    { inviteSeed: randomBytes(32), ...titles },
    { inviteSeed: randomBytes(31), ...titles },
    { ...titles, inviteSeed: seed, name: '' },
    { ...titles, inviteSeed: seed, name: ' x' },
    { ...titles, inviteSeed: seed, name: 'a\u001bb' },
    { ...titles, inviteSeed: seed, name: 'x'.repeat(65) },
    { ...titles, inviteSeed: seed, description: 'x'.repeat(501) },
    { ...titles, inviteSeed: seed, description: 'a\u0007' },
  ]
  for (const publication of wrong)
    expect(await refusalOf(send(opened(), publication))).toBe('InvalidArgument commit_invalid')
  const plain = { state: { ...group.state, invites: [{ ...invite, open: false }] } }
  expect(await refusalOf(send(plain, { inviteSeed: seed, ...titles }))).toBe('InvalidArgument commit_invalid')
  expect(await found()).toEqual([])
  expect(service.directory.told).toEqual([])
})

test('M13 who is banned is not shown it; and nothing of a group that is not open is told', async () => {
  expect(await found()).toEqual([])
  await openGroup()
  await send({ state: { ...group.state, bannedAccounts: [AccountId.toBytes(bob.accountId)] } })
  expect(await found(bob)).toEqual([])
  expect(await found(alice)).toHaveLength(1)
  const ids = Array(501).fill(group.id)
  expect(await refusalOf(service.internal.getOpenGroups({ chatIds: ids }))).toBe(
    'InvalidArgument too_many_ids',
  )
  expect(await refusalOf(service.internal.getOpenGroups({ chatIds: [new Uint8Array(3)] }))).toBe(
    'InvalidArgument chat_id_invalid',
  )
})

test('a directory that is not there does not keep a group from being opened', async () => {
  service.directory.isReachable = false
  await openGroup()
  service.directory.isReachable = true
  expect(await found()).toHaveLength(1)
  expect(service.logged.join()).toContain('directory_not_told')
})
