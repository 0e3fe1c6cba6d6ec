import { create } from '@bufbuild/protobuf'
import { importProfileKey, MemoryFiles } from '@veche/history'
import { commit, create as createGroup, type Group, newKeyPackage, view } from '@veche/mls'
import { ChatId, MessageId, randomId } from '@veche/protocol'
import { ChatSchema, ChatType, type Welcome, WelcomeSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { expect, test } from 'vitest'
import { Chats } from './chats.ts'
import { DeviceStore } from './device-store.ts'
import { learnPeople, meetNewcomers } from './group-people.ts'
import { hashOfProfile, sealProfile, wrapProfileKey } from './group-profile.ts'
import { withoutAccounts } from './group-wishes.ts'
import { HistoryKeyStore } from './history-key-store.ts'
import { joinChat } from './join-chat.ts'
import { enterGroup } from './join-group.ts'
import { Standing } from './local-chat.ts'
import { noSteps } from './steps.ts'
import { createGroupPair, groupState, TITLES } from './testing/group.ts'
import { NOW_MS, newSide, type Side } from './testing/pair.ts'

async function setUp() {
  const { alice, bob } = await createGroupPair()
  const files = new MemoryFiles()
  const profileKey = await importProfileKey(new Uint8Array(32))
  const store = await DeviceStore.open(files, profileKey, noSteps)
  const historyKeys = await HistoryKeyStore.open(files, profileKey, noSteps)
  const common = {
    ...bob,
    files,
    profileKey,
    nowMs: () => NOW_MS,
    onEvent: () => {},
    onStep: noSteps,
    catchUp: async () => 'caught-up' as const,
  }
  const open = async () => ({ ...common, chats: await Chats.open(common), store, historyKeys })
  return {
    alice,
    bob,
    historyKeys,
    store,
    open,
    joiner: await open(),
    newPackage: () => newPackage(bob, store),
  }
}

async function newPackage(side: Side, store: DeviceStore, lastResort = false): Promise<Uint8Array> {
  const { keyPackage, reference, privatePart } = await newKeyPackage(side.device, {
    nowMs: Date.now(),
    lastResort,
  })
  const value = { reference, privatePart, lastResort, madeAtMs: BigInt(NOW_MS) }
  await store.store({ case: 'keyPackage', value })
  return keyPackage
}

/** Into a new group of two. */
async function welcomeBy(
  creator: Side,
  listed: Pick<Side, 'person'>,
  keyPackage: Uint8Array,
): Promise<{ welcome: Welcome; next: Group }> {
  const chatId = randomId(ChatId)
  const profile = await sealProfile(chatId, TITLES)
  const group = await createGroup(creator.device, {
    chatId,
    state: groupState(creator, listed, hashOfProfile(profile)),
  })
  return welcomeOf(await commit(group, creator.device, { add: [keyPackage] }), profile, 1n)
}

async function welcomeOf(
  { welcome, next }: Awaited<ReturnType<typeof commit>>,
  profile: Awaited<ReturnType<typeof sealProfile>>,
  position: bigint,
) {
  const chatId = ChatId.toBytes(next.chatId)
  const made = create(WelcomeSchema, {
    chatId,
    welcome: welcome!,
    position,
    logHash: new Uint8Array(32).fill(4),
    profileCiphertext: profile.ciphertext,
    wrappedProfileKey: await wrapProfileKey(next, profile),
    chat: create(ChatSchema, { chatId, type: ChatType.GROUP, kept: true }),
  })
  return { welcome: made, next }
}

test('M13 a device joins a group with its name, and finds it again in its journal', async () => {
  const { alice, bob, open, joiner, newPackage } = await setUp()
  const { welcome } = await welcomeBy(alice, bob, await newPackage())
  expect(await joinChat(joiner, welcome)).toMatchObject({ kind: 'joined', isUnreadable: false })
  for (const { chats } of [joiner, await open()]) {
    const { state } = chats.get(ChatId.fromBytes(welcome.chatId))!
    expect(state).toMatchObject({ position: 1n, standing: Standing.OPEN, profile: { shown: TITLES } })
    expect(state.peer).toBeUndefined()
    expect(state).toMatchObject({ keeping: { server: true, peerServer: true } })
  }
})

test('A1 a Welcome into a group that does not list the own account is refused', async () => {
  const { alice, bob, newPackage } = await setUp()
  const carol = await newSide('carol')
  const { welcome, next } = await welcomeBy(alice, bob, await newPackage())
  const enter = enterGroup(next, welcome, carol.identity.accountId)
  await expect(enter).rejects.toThrow('welcome: of a group of others')
  expect(await enterGroup(next, welcome, bob.identity.accountId)).toMatchObject({
    profile: { shown: TITLES },
  })
})

test('A1 a Welcome of another chat than the server says is refused, and so is one without the log’s hash', async () => {
  const { alice, bob, joiner, newPackage } = await setUp()
  const { welcome } = await welcomeBy(alice, bob, await newPackage())
  for (const lie of [{ chatId: new Uint8Array(16) }, { logHash: new Uint8Array(31) }]) {
    expect(await joinChat(joiner, { ...welcome, ...lie })).toMatchObject({ kind: 'refused' })
  }
  expect([...joiner.chats]).toEqual([])
})

test('M13 a profile that is not that of the group leaves it without a name, and is told of', async () => {
  const { alice, bob, joiner, newPackage } = await setUp()
  const { welcome } = await welcomeBy(alice, bob, await newPackage())
  const other = await sealProfile(ChatId.fromBytes(welcome.chatId), { ...TITLES, name: 'Another' })
  const lie = { ...welcome, profileCiphertext: other.ciphertext }
  expect(await joinChat(joiner, lie)).toMatchObject({ kind: 'joined', isUnreadable: true })
  const { state } = joiner.chats.get(ChatId.fromBytes(welcome.chatId))!
  expect(state).toMatchObject({ profile: undefined, standing: Standing.OPEN })
})

test('A19 a group that was left is entered again by a new Welcome, and by no old one', async () => {
  const { alice, bob, store, joiner } = await setUp()
  const first = await welcomeBy(alice, bob, await newPackage(bob, store, true))
  await joinChat(joiner, first.welcome)
  const chat = joiner.chats.get(first.next.chatId)!
  await chat.queue('left behind', randomId(MessageId))
  expect(await joinChat(joiner, first.welcome)).toEqual({ kind: 'present' })
  await chat.setStanding(Standing.REMOVED)
  expect(await joinChat(joiner, first.welcome)).toMatchObject({ kind: 'refused' })
  expect(chat.state.standing).toBe(Standing.REMOVED)
  const profile = chat.state.profile!
  const { ownLeaf, members } = view(first.next)
  const leaf = members.find((member) => member.leaf !== ownLeaf)!.leaf
  const { state } = view(first.next)
  const alone = withoutAccounts(state, [bob.identity.accountId])
  const removed = await commit(first.next, alice.device, { remove: [leaf], state: alone })
  const again = await commit(removed.next, alice.device, { add: [await newPackage(bob, store)], state })
  const { welcome } = await welcomeOf(again, profile, 9n)
  expect(await joinChat(joiner, welcome)).toMatchObject({ kind: 'joined' })
  expect(chat.state).toMatchObject({ standing: Standing.OPEN, position: 9n })
  expect(chat.state.outbox).toMatchObject([{ refused: 'chat_closed', position: 0n }])
  expect(chat.state.epochs.map(({ epoch }) => epoch)).toEqual([1n, 3n])
})

test('A1 A2 names are learnt of those in the group and of nobody else; a handle stays bound to its first account', async () => {
  const { alice, bob, store, joiner, newPackage } = await setUp()
  const { welcome, next } = await welcomeBy(alice, bob, await newPackage())
  await joinChat(joiner, welcome)
  const chat = joiner.chats.get(next.chatId)!
  const mallory = await newSide('mallory')
  const accounts = [alice.person, mallory.person, { ...bob.person, accountKey: mallory.person.accountKey }]
  await learnPeople(
    { store },
    chat,
    accounts.map((person) => ({ person })),
  )
  expect(chat.state.people.map(({ handle }) => handle)).toEqual(['alice'])
  expect([...store.state.pins.keys()]).toEqual(['alice'])
  // The server calls Alice by the handle of another: the pin stays, and says so.
  await learnPeople({ store }, chat, [{ person: { ...bob.person, handle: 'alice' } }])
  expect(store.state.pins.get('alice')).toMatchObject({
    accountId: alice.identity.accountId,
    claimedBy: bob.identity.accountId,
  })
})

test('the server is asked for names only when somebody is not known', async () => {
  const { alice, bob, store, joiner, newPackage } = await setUp()
  const { welcome, next } = await welcomeBy(alice, bob, await newPackage())
  await joinChat(joiner, welcome)
  const chat = joiner.chats.get(next.chatId)!
  let asked = 0
  const listChatDevices = async () => {
    asked++
    return { accounts: [{ person: alice.person }] } as never
  }
  const acquaintance = { server: { chats: { listChatDevices } }, store, identity: bob.identity }
  const entry = { position: 2n, kind: 1, accountId: alice.person.accountId, mlsMessage: new Uint8Array() }
  await meetNewcomers(acquaintance, chat, [{ ...entry, accountId: bob.person.accountId } as never])
  expect(asked).toBe(0)
  for (let times = 0; times < 3; times++) await meetNewcomers(acquaintance, chat, [entry as never])
  expect(asked).toBe(1)
})
