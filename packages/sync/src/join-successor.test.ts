/** A server offers successors of a chat's group: a device follows those alone that it accepts by its own last epoch (A1). */

import { create } from '@bufbuild/protobuf'
import { importProfileKey, MemoryFiles } from '@veche/history'
import {
  type Beginning,
  commit,
  create as createGroup,
  newKeyPackage,
  nextBeginning,
  successorState,
  view,
} from '@veche/mls'
import { AccountId, ChatId, MessageId, randomId } from '@veche/protocol'
import { type Welcome, WelcomeSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type ChatState, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { expect, test } from 'vitest'
import { Chats } from './chats.ts'
import { DeviceStore } from './device-store.ts'
import type { Notice, SyncEvent } from './events.ts'
import { HistoryKeyStore } from './history-key-store.ts'
import { joinChat } from './join-chat.ts'
import { noSteps } from './steps.ts'
import { createGroupPair } from './testing/group.ts'
import { NOW_MS, newSide, type Side } from './testing/pair.ts'

/** Bob, in a group of Alice's, and a server that can offer him what it likes. */
async function setUp() {
  const { alice, bob } = await createGroupPair()
  const files = new MemoryFiles()
  const profileKey = await importProfileKey(new Uint8Array(32))
  const store = await DeviceStore.open(files, profileKey, noSteps)
  const historyKeys = await HistoryKeyStore.open(files, profileKey, noSteps)
  const notices: Notice[] = []
  const onEvent = (event: SyncEvent) => void (event.kind === 'notice' && notices.push(event.notice))
  const common = { ...bob, files, profileKey, nowMs: () => NOW_MS, onEvent, onStep: noSteps }
  const chats = await Chats.open(common)
  const chat = await chats.put(bob.chat)
  const joiner = { ...common, chats, store, historyKeys, catchUp: async () => 'caught-up' as const }
  const offer = async (by: Pick<Side, 'device'>, how: Parameters<typeof successorBy>[3] = {}) => {
    const welcome = await successorBy(by, bob, store, how)
    return joinChat(joiner, welcome)
  }
  return { alice, bob, chat, offer, notices }
}

async function successorBy(
  creator: Pick<Side, 'device'>,
  bob: Side,
  store: DeviceStore,
  {
    state: change = () => ({}),
    chatId = bob.chat.chatId,
    firstEpoch = 65n,
    beginning = {},
    position,
    others = [],
  }: {
    state?: (state: ChatState) => Partial<ChatState>
    chatId?: ChatId
    firstEpoch?: bigint
    beginning?: Partial<Beginning> | null
    position?: bigint
    others?: readonly Pick<Side, 'device'>[]
  },
): Promise<Welcome> {
  const nowMs = Date.now()
  const { keyPackage, reference, privatePart } = await newKeyPackage(bob.device, { nowMs })
  await store.store({
    case: 'keyPackage',
    value: { reference, privatePart, lastResort: false, madeAtMs: BigInt(NOW_MS) },
  })
  const state = successorState(view(bob.chat.group))
  const group = await createGroup(creator.device, {
    chatId,
    state: { ...state, ...change(state) },
    firstEpoch,
  })
  const more = await Promise.all(others.map(({ device }) => newKeyPackage(device, { nowMs })))
  const begins: Beginning = {
    kept: 1n,
    keptHash: bob.chat.logHashes[0]!,
    position: nextBeginning(1n),
    ...beginning,
  }
  const made = await commit(group, creator.device, {
    add: [keyPackage, ...more.map((one) => one.keyPackage)],
    ...(beginning && { beginning: begins }),
  })
  return create(WelcomeSchema, {
    chatId: ChatId.toBytes(bob.chat.chatId),
    welcome: made.welcome!,
    position: position ?? begins.position,
    logHash: new Uint8Array(32).fill(9),
    profileCiphertext: bob.chat.profile!.ciphertext,
  })
}

test('F24 a device goes on in the successor with all that it had, and what waits is encrypted anew', async () => {
  const { alice, chat, offer, notices } = await setUp()
  const before = chat.state
  await chat.queue('waits', randomId(MessageId))
  expect(await offer(alice)).toMatchObject({ kind: 'joined', begunAnew: true })
  const { state } = chat
  expect(view(state.group)).toMatchObject({ epoch: 66n, state: { incarnation: 1 } })
  expect(state).toMatchObject({ position: nextBeginning(1n), begunAt: nextBeginning(1n), updateDue: true })
  expect(state.epochs.slice(0, -1).map(({ epoch }) => epoch)).toEqual(before.epochs.map(({ epoch }) => epoch))
  expect(state.outbox.map(({ sealed, position }) => [sealed, position])).toEqual([[undefined, 0n]])
  expect(notices).toEqual([{ kind: 'begun-anew', chat: state.chatId, position: nextBeginning(1n) }])
})

test('A1 what is no successor by its own last epoch is refused, and nothing is changed', async () => {
  const { alice, chat, offer, notices, bob } = await setUp()
  const eve = await newSide('eve')
  const member = (side: Pick<Side, 'identity'>, role: Role) => ({
    ...bob.chat.group.state.members[0]!,
    accountId: AccountId.toBytes(side.identity.accountId),
    role,
  })
  const before = chat.state
  const refusals: [Pick<Side, 'device'>, Parameters<typeof offer>[1]][] = [
    // Another roster; a stranger's device; by a stranger; other rules; by who may not.
    [bob, { state: (state) => ({ members: [...state.members, member(eve, Role.MEMBER)] }) }],
    [eve, { state: (state) => ({ members: [...state.members, member(eve, Role.OWNER)] }) }],
    [alice, { others: [eve] }],
    [bob, { state: (state) => ({ rights: { ...state.rights!, add: Role.MEMBER } }) }],
    // An older state: an epoch or a place that was there before, or a log that is not this one.
    [alice, { firstEpoch: 0n }],
    [alice, { position: 1n, beginning: null }],
    [alice, { position: nextBeginning(1n) * 2n }],
    [alice, { beginning: { keptHash: new Uint8Array(32).fill(3) } }],
  ]
  for (const [index, [by, how]] of refusals.entries()) {
    const outcome = await offer(by, how).catch((error: unknown) => ({ kind: 'not made', error }))
    expect([index, outcome.kind]).not.toEqual([index, 'joined'])
    expect(chat.state).toBe(before)
  }
  expect(notices).toEqual([])
})

test('A1 of another chat, or of the group that is there, it changes nothing', async () => {
  const { alice, chat, offer } = await setUp()
  const before = chat.state
  expect(await offer(alice, { chatId: randomId(ChatId) })).toEqual({ kind: 'present' })
  expect(await offer(alice, { state: () => ({ incarnation: 0 }) })).toEqual({ kind: 'present' })
  expect(chat.state).toBe(before)
})
