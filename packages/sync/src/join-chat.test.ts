import { create } from '@bufbuild/protobuf'
import { importProfileKey, MemoryFiles } from '@veche/history'
import { commit, create as createGroup, newKeyPackage, POLICY_VERSION } from '@veche/mls'
import { AccountId, ChatId, DecodeError, MessageId, randomId } from '@veche/protocol'
import { type Person, type Welcome, WelcomeSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ChatKind, ChatStateSchema, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Chats } from './chats.ts'
import { DeviceStore } from './device-store.ts'
import { hashOfProfile, sealProfile, wrapProfileKey } from './group-profile.ts'
import { HistoryKeyStore } from './history-key-store.ts'
import { joinChat } from './join-chat.ts'
import { Standing } from './local-chat.ts'
import { accountOf } from './person.ts'
import { noSteps } from './steps.ts'
import { createGroupPair, groupState, TITLES } from './testing/group.ts'
import { createPair, NOW_MS, type Side } from './testing/pair.ts'

async function setUp(lastResort = false) {
  const { alice, bob } = await createPair()
  const files = new MemoryFiles()
  const profileKey = await importProfileKey(new Uint8Array(32))
  const store = await DeviceStore.open(files, profileKey, noSteps)
  const historyKeys = await HistoryKeyStore.open(files, profileKey, noSteps)
  const made = await newKeyPackage(bob.device, { nowMs: Date.now(), lastResort })
  const { reference, privatePart } = made
  await store.store({
    case: 'keyPackage',
    value: { reference, privatePart, lastResort, madeAtMs: BigInt(NOW_MS) },
  })
  const common = {
    ...bob,
    files,
    profileKey,
    nowMs: () => NOW_MS,
    onEvent: () => {},
    onStep: noSteps,
    catchUp: async () => 'caught-up' as const,
  }
  const joiner = { ...common, chats: await Chats.open(common), store, historyKeys }
  return { alice, bob, historyKeys, store, joiner, keyPackage: made.keyPackage }
}

/** Into a group under this id, with its profile. */
async function groupWelcomeBy(
  { device, ...owner }: Side,
  member: Side,
  keyPackage: Uint8Array,
  chatId: ChatId,
): Promise<Welcome> {
  const profile = await sealProfile(chatId, TITLES)
  const state = groupState(owner, member, hashOfProfile(profile))
  const group = await createGroup(device, { chatId, state })
  const made = await commit(group, device, { add: [keyPackage] })
  return create(WelcomeSchema, {
    chatId: ChatId.toBytes(chatId),
    welcome: made.welcome!,
    position: 2n,
    logHash: new Uint8Array(32).fill(4),
    profileCiphertext: profile.ciphertext,
    wrappedProfileKey: await wrapProfileKey(made.next, profile),
  })
}

async function welcomeBy(
  creator: Side,
  peer: Person,
  keyPackage: Uint8Array,
  chatId = randomId(ChatId),
): Promise<Welcome> {
  const members = [creator.person, peer].map(({ accountId }) => ({ accountId, role: Role.MEMBER }))
  const state = create(ChatStateSchema, { policyVersion: POLICY_VERSION, kind: ChatKind.PRIVATE, members })
  const group = await createGroup(creator.device, { chatId, state })
  const { welcome } = await commit(group, creator.device, { add: [keyPackage] })
  const logHash = new Uint8Array(32).fill(4)
  const fields = {
    chatId: ChatId.toBytes(chatId),
    welcome: welcome!,
    position: 1n,
    logHash,
    peer: creator.person,
  }
  return create(WelcomeSchema, fields)
}

test('A15: a device joins, pins who it is with, and forgets the key package; again it is there already', async () => {
  const { alice, bob, store, joiner, keyPackage } = await setUp()
  const welcome = await welcomeBy(alice, bob.person, keyPackage)
  const outcome = await joinChat(joiner, welcome)
  expect(outcome).toMatchObject({ kind: 'joined', lastResort: false })
  expect(store.state.keyPackages).toEqual([])
  expect(store.state.pins.get('alice')).toEqual({ accountId: alice.identity.accountId, verified: false })
  const { state } = joiner.chats.get(ChatId.fromBytes(welcome.chatId))!
  expect(state).toMatchObject({ position: 1n, updateDue: true, standing: Standing.OPEN })
  expect(await joinChat(joiner, welcome)).toEqual({ kind: 'present' })
})

test('the last-resort package stays, and is told to be replaced', async () => {
  const { alice, bob, store, joiner, keyPackage } = await setUp(true)
  const outcome = await joinChat(joiner, await welcomeBy(alice, bob.person, keyPackage))
  expect(outcome).toMatchObject({ kind: 'joined', lastResort: true })
  expect(store.state.keyPackages).toHaveLength(1)
})

test('A1 A2: a welcome that does not lead where the server says is refused, and nothing is kept', async () => {
  const { alice, bob, store, joiner, keyPackage } = await setUp()
  const { alice: mallory } = await createPair()
  const welcome = await welcomeBy(alice, bob.person, keyPackage)
  const lies: Partial<Welcome>[] = [
    { chatId: new Uint8Array(16) },
    { chatId: new Uint8Array(3) },
    { peer: { ...mallory.person, handle: 'alice' } },
    { peer: { ...alice.person, accountKey: mallory.person.accountKey } },
    { logHash: new Uint8Array(31) },
    { welcome: new Uint8Array(50) },
  ]
  for (const lie of lies) {
    expect(await joinChat(joiner, create(WelcomeSchema, { ...welcome, ...lie }))).toMatchObject({
      kind: 'refused',
    })
  }
  const { $typeName, peer, ...without } = welcome
  expect(await joinChat(joiner, create(WelcomeSchema, without))).toMatchObject({ kind: 'refused' })
  expect([...joiner.chats]).toEqual([])
  expect(store.state.keyPackages).toHaveLength(1)
})

test('A2: a handle that stood for another account opens a chat that is not written to', async () => {
  const { alice, bob, store, joiner, keyPackage } = await setUp()
  const before = AccountId.toBytes(bob.identity.accountId)
  await store.store({ case: 'pin', value: { handle: 'alice', accountId: before } })
  const welcome = await welcomeBy(alice, bob.person, keyPackage)
  await joinChat(joiner, welcome)
  expect(joiner.chats.get(ChatId.fromBytes(welcome.chatId))!.state.standing).toBe(Standing.CHANGED_BINDING)
})

test('A1 A2: what waits in a chat that is being created goes into no chat with somebody else', async () => {
  const { alice, bob, joiner, keyPackage } = await setUp()
  const { alice: mallory } = await createPair()
  mallory.person.handle = 'mallory'
  const creating = { ...bob.chat, peer: alice.person, standing: Standing.CREATING }
  const chat = await joiner.chats.put(creating)
  await chat.queue('for alice alone', randomId(MessageId))
  const { chatId } = creating
  expect(await joinChat(joiner, await welcomeBy(mallory, bob.person, keyPackage, chatId))).toMatchObject({
    kind: 'refused',
  })
  expect(chat.state).toMatchObject({ peer: alice.person, standing: Standing.CREATING })
  expect(await joinChat(joiner, await welcomeBy(alice, bob.person, keyPackage, chatId))).toMatchObject({
    kind: 'joined',
  })
  expect(chat.state).toMatchObject({ peer: alice.person, standing: Standing.OPEN, outbox: [{ refused: '' }] })
})

test('A1: nobody’s Welcome leads into a chat of another kind, or into a group, that is being created', async () => {
  const { bob, joiner, keyPackage } = await setUp()
  const { alice: mallory } = await createGroupPair()
  const { bob: owner } = await createGroupPair()
  for (const being of [bob.chat, owner.chat]) {
    const chat = await joiner.chats.put({ ...being, standing: Standing.CREATING })
    const welcome = await groupWelcomeBy(mallory, bob, keyPackage, being.chatId)
    expect(await joinChat(joiner, welcome)).toMatchObject({ kind: 'refused' })
    expect(chat.state).toMatchObject({ standing: Standing.CREATING, group: being.group })
  }
})

test('a person whose fields do not fit each other is none', async () => {
  const { alice } = await createPair()
  const { person } = alice
  expect(accountOf(person)).toBe(alice.identity.accountId)
  const bytes = fc.uint8Array({ maxLength: 40 })
  const change = fc.oneof(
    fc.record({ accountKey: bytes }),
    fc.record({ accountId: bytes }),
    fc.constant({ handle: 'No Handle' }),
    fc.constant({ handle: '' }),
    fc.constant({ displayName: 'x'.repeat(129) }),
  )
  fc.assert(
    fc.property(change, (fields) => {
      expect(() => accountOf({ ...person, ...fields })).toThrow(DecodeError)
    }),
    { seed: Number(process.env.VECHE_SEED ?? Date.now()) },
  )
  expect(() => accountOf(undefined)).toThrow(DecodeError)
})
