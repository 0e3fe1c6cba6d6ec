/** A chat of which the server has lost a part is begun anew by any of its devices, once (F24). */
import { randomBytes } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import {
  type CommitIntent,
  commit,
  create as createGroup,
  type Group,
  type GroupView,
  join,
  type NewKeyPackage,
  newKeyPackage,
  successorState,
  view,
} from '@veche/mls'
import { encodeChatState } from '@veche/mls/wire'
import { AccountId } from '@veche/protocol'
import { HandshakeSchema, type ResetChatRequest } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type ChatState, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { itemsOf } from '../testing/inbox.ts'
import { message, type Person } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { openChatBetween, startTestService, type TestService } from '../testing/test-service.ts'

const STEP = 1n << 20n

let service: TestService
let alice: Person
let bob: Person
let chatId: Uint8Array
let groups: readonly Group[]

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  alice = await service.enrol('alice')
  bob = await service.enrol('bob', 'allowed')
  const opened = await openChatBetween(service, alice, bob)
  chatId = opened.id
  groups = opened.groups
})

interface Made {
  readonly request: Pick<
    ResetChatRequest,
    'chatId' | 'messageId' | 'head' | 'position' | 'chatState' | 'handshake'
  >
  readonly next: Group
  readonly packages: readonly NewKeyPackage[]
}

/** A successor as a device makes it. */
async function successor(
  creator: Person,
  others: readonly Person[],
  {
    last = view(groups[0]!),
    head = 1n,
    position = 2n * STEP,
    firstEpoch = last.epoch + 64n,
    state = successorState(last),
    intent = {},
  }: {
    last?: GroupView
    head?: bigint
    position?: bigint
    firstEpoch?: bigint
    state?: ChatState
    intent?: CommitIntent
  } = {},
): Promise<Made> {
  const packages = await Promise.all(others.map(({ device }) => newKeyPackage(device, { nowMs: Date.now() })))
  const group = await createGroup(creator.device, { chatId: last.chatId, state, firstEpoch })
  const add = packages.map(({ keyPackage }) => keyPackage)
  const made = await commit(group, creator.device, { ...intent, add })
  const handshake = create(HandshakeSchema, {
    commit: made.commit,
    welcome: made.welcome ?? new Uint8Array(),
  })
  const chatState = encodeChatState(state)
  const request = { chatId, messageId: randomBytes(16), head, position, chatState, handshake }
  return { request: request as Made['request'], next: made.next, packages }
}

const write = async (person: Person, group: Group) => {
  const { application } = await message(person, group)
  const entry = { case: 'application', value: application } as const
  return service.as(person).append({ chatId, messageId: randomBytes(16), entry })
}
const pair = (state: ChatState, ...people: Person[]): ChatState => ({
  ...state,
  members: people
    .map(({ accountId }) => ({
      ...state.members[0]!,
      accountId: AccountId.toBytes(accountId),
      role: Role.MEMBER,
    }))
    .sort((a, b) => Buffer.compare(a.accountId, b.accountId)),
})

test('F24 the log goes on with the successor, where no device has been, and the old group is closed', async () => {
  const { request, next, packages } = await successor(alice, [bob])
  const answer = await service.as(alice).resetChat(request)
  expect(answer.position).toBe(2n * STEP)
  const [welcome] = (await itemsOf(service, bob, 'welcome')).slice(-1)
  const value = welcome!.value as { welcome: Uint8Array; position: bigint }
  expect(value.position).toBe(2n * STEP)
  const joined = await join(bob.device, value.welcome, () => packages[0]!.privatePart)
  expect(view(joined.group).epochDigest).toEqual(view(next).epochDigest)
  expect((await write(alice, next)).position).toBe(2n * STEP + 1n)
  expect((await write(bob, joined.group)).position).toBe(2n * STEP + 2n)
  expect(await refusalOf(write(alice, groups[0]!))).toBe('FailedPrecondition stale_epoch')
  const { chats } = await service.as(bob).listChats({})
  expect(chats).toMatchObject([{ incarnation: 1, head: 2n * STEP + 2n, epoch: view(next).epoch }])
  const { entries } = await service.as(bob).listEntries({ chatId, after: 0n })
  expect(entries.map(({ position }) => position)).toEqual([1n, 2n * STEP, 2n * STEP + 1n, 2n * STEP + 2n])
})

test('M15 the archive goes on over the place, by pages that do not span it and hashes without a gap', async () => {
  await write(bob, groups[1]!)
  const { request } = await successor(alice, [bob], { head: 2n })
  await service.as(alice).resetChat(request)
  const list = (before: bigint) => service.as(alice).listArchive({ chatId, before, limit: 10 })
  const after = await list(2n * STEP + 1n)
  expect(after.entries.map(({ position }) => position)).toEqual([2n * STEP])
  const before = await list(2n * STEP)
  expect(before.entries.map(({ position }) => position)).toEqual([1n, 2n])
  const hashes = await service.database.query<{ log_hash: Buffer }>(
    'SELECT log_hash FROM chats.entries WHERE chat_id = $1 AND position = 2',
    [chatId],
  )
  expect(Buffer.from(after.previousLogHash)).toEqual(hashes.rows[0]!.log_hash)
  expect([after.more, before.more]).toEqual([true, false])
})

test('A13 the same bytes answer the same, also many at once and later', async () => {
  const { request, next } = await successor(alice, [bob])
  const answers = await Promise.allSettled(
    Array.from({ length: 6 }, () => service.as(alice).resetChat(request)),
  )
  await write(alice, next)
  answers.push({ status: 'fulfilled', value: await service.as(alice).resetChat(request) })
  const places = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value.position] : []))
  expect(new Set(places)).toEqual(new Set([2n * STEP]))
  const { chats } = await service.as(bob).listChats({})
  expect(chats).toMatchObject([{ incarnation: 1 }])
})

test('A7 of two at once one is first, and the other hears that the head has moved', async () => {
  const [one, other] = [
    await successor(alice, [bob]),
    await successor(bob, [alice], { last: view(groups[1]!) }),
  ]
  const outcomes = await Promise.all([
    refusalOf(service.as(alice).resetChat(one.request)).catch(() => 'first'),
    refusalOf(service.as(bob).resetChat(other.request)).catch(() => 'first'),
  ])
  expect(outcomes.sort()).toEqual(['Aborted epoch_conflict', 'first'])
  // And again, from there.
  const { chats } = await service.as(bob).listChats({})
  const last = { ...view(groups[1]!), state: { ...view(groups[1]!).state, incarnation: 1 } }
  const again = await successor(bob, [alice], {
    last,
    head: chats[0]!.head,
    position: 4n * STEP,
    firstEpoch: 400n,
  })
  expect((await service.as(bob).resetChat(again.request)).position).toBe(4n * STEP)
})

describe('A1 refused, and nothing is done', () => {
  const refused = async (request: Partial<Made['request']>, person = alice) => {
    const reason = await refusalOf(service.as(person).resetChat(request))
    const { chats } = await service.as(alice).listChats({})
    expect(chats).toMatchObject([{ incarnation: 0, head: 1n }])
    return reason
  }

  test('for who is not in the chat, or names none', async () => {
    const eve = await service.enrol('eve')
    const { request } = await successor(alice, [bob])
    expect(await refused(request, eve)).toBe('NotFound chat_unknown')
    expect(await refused({ ...request, chatId: randomBytes(16) })).toBe('NotFound chat_unknown')
    expect(await refused({ ...request, chatId: randomBytes(3) })).toBe('NotFound chat_unknown')
    expect(await refused({})).toBe('InvalidArgument commit_invalid')
  })

  test('at a place or of a state that is none', async () => {
    const { request } = await successor(alice, [bob])
    for (const position of [0n, 2n, 1n, STEP + 1n, 2n ** 63n, 2n ** 64n - 1n])
      expect(await refused({ ...request, position })).toBe('InvalidArgument state_invalid')
    for (const chatState of [new Uint8Array(), randomBytes(100), request.chatState.slice(1)])
      expect(await refused({ ...request, chatState })).toBe('InvalidArgument state_invalid')
    const present = encodeChatState(view(groups[0]!).state)
    expect(await refused({ ...request, chatState: present })).toBe('InvalidArgument state_invalid')
    for (const head of [0n, 2n, STEP])
      expect(await refused({ ...request, head })).toBe('Aborted epoch_conflict')
  })

  test('by another commit than the first of that group', async () => {
    const whole = await successor(alice, [bob])
    const { handshake } = whole.request
    const refusals = [
      { ...handshake!, welcome: new Uint8Array() },
      { ...handshake!, commit: randomBytes(200) },
      { ...handshake!, commit: new Uint8Array() },
      { ...handshake!, profileCiphertext: randomBytes(10) },
      { ...handshake!, joinInfoCiphertext: randomBytes(10) },
    ]
    for (const wrong of refusals)
      expect(await refused({ ...whole.request, handshake: create(HandshakeSchema, wrong) })).toBe(
        'InvalidArgument commit_invalid',
      )
    expect(await refused({ ...whole.request, messageId: randomBytes(3) })).toBe(
      'InvalidArgument entry_invalid',
    )
    const state = { ...successorState(view(groups[0]!)), incarnation: 2 }
    const otherState = encodeChatState(state)
    expect(await refused({ ...whole.request, chatState: otherState })).toBe('InvalidArgument commit_invalid')
    const early = await successor(alice, [bob], { firstEpoch: 0n })
    expect(await refused(early.request)).toBe('Aborted epoch_conflict')
    const late = await successor(alice, [bob], { firstEpoch: 1n << 60n })
    expect(await refused(late.request)).toBe('InvalidArgument commit_invalid')
  })

  test('with others in it', async () => {
    const eve = await service.enrol('eve')
    const state = pair(successorState(view(groups[0]!)), alice, eve)
    const stolen = await successor(alice, [eve], { state })
    expect(await refused(stolen.request)).toBe('PermissionDenied not_allowed')
    const third = await newKeyPackage(eve.device, { nowMs: Date.now() })
    const more = await successor(alice, [bob, { ...eve }]).catch(() => undefined)
    expect(more ? await refused(more.request) : 'not made').toMatch(/not_allowed|not made/)
    expect(third.reference.length).toBeGreaterThan(0)
  })
})
