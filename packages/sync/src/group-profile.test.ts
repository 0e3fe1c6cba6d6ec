import { type Group, stateOf, view } from '@veche/mls'
import { ChatId, randomId } from '@veche/protocol'
import type { Entry } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { expect, test } from 'vitest'
import {
  hashOfProfile,
  isGroupDescription,
  isGroupName,
  readTravelled,
  sealProfile,
  wrapProfileKey,
} from './group-profile.ts'
import type { LocalChat } from './local-chat.ts'
import { type Outcome, receiveEntry } from './receive-entry.ts'
import { commitBy, createGroupPair, TITLES } from './testing/group.ts'
import type { Side } from './testing/pair.ts'

const UNREADABLE = { kind: 'unreadable', detail: 'the profile of the group' }

async function take(side: Side, entry: Entry): Promise<Extract<Outcome, { kind: 'epoch' }>> {
  const outcome = await receiveEntry(side.chat, entry, side.reader)
  if (outcome.kind !== 'epoch') throw new Error(`no epoch: ${JSON.stringify(outcome.remark)}`)
  side.chat = outcome.chat
  return outcome
}

async function rename({ chat }: Side, name: string) {
  const profile = await sealProfile(chat.chatId, { ...TITLES, name })
  return { profile, state: { ...stateOf(chat.group), profileHash: hashOfProfile(profile) } }
}

const nameOf = ({ profile }: Pick<LocalChat, 'profile'>) => profile?.shown?.name

async function travelled(group: Group, { profile }: LocalChat) {
  return {
    profileCiphertext: profile!.ciphertext,
    wrappedProfileKey: await wrapProfileKey(group, profile!),
  }
}

test('M13 a name has 1 to 64 characters, none of them a control character, and no space at either end', () => {
  for (const name of ['a', 'Село', 'x'.repeat(64), '🌾'.repeat(64), 'a b'])
    expect(isGroupName(name)).toBe(true)
  for (const name of [
    '',
    ' ',
    ' a',
    'a ',
    'a\n',
    'a\u0000b',
    'a\u0085b',
    'x'.repeat(65),
    '🌾'.repeat(65),
    '\ud800',
  ]) {
    expect(isGroupName(name)).toBe(false)
  }
  for (const text of ['', 'one\ntwo', '🌾'.repeat(500)]) expect(isGroupDescription(text)).toBe(true)
  for (const text of ['a\u0000', 'a\rb', 'x'.repeat(501), '\ud800'])
    expect(isGroupDescription(text)).toBe(false)
})

test('M13 a new name comes with the commit that gives it, to the committer and to the others', async () => {
  const { alice, bob } = await createGroupPair()
  const entry = await commitBy(alice, await rename(alice, 'The town'))
  for (const side of [alice, bob]) {
    expect(await take(side, entry)).toMatchObject({ remarks: [] })
    expect(nameOf(side.chat)).toBe('The town')
  }
})

test('M13 every other commit carries the name as it is, under the key of its epoch', async () => {
  const { alice, bob } = await createGroupPair()
  const before = view(bob.chat.group).epoch
  const entry = await commitBy(bob, {})
  const outcome = await take(alice, entry)
  expect(nameOf(outcome.chat)).toBe(TITLES.name)
  const sealed = { profileCiphertext: entry.contentCiphertext, wrappedProfileKey: entry.wrappedKey }
  const read = await readTravelled(outcome.chat.group, sealed)
  expect(read).toMatchObject({ isUnreadable: false, profile: { shown: TITLES } })
  expect(view(outcome.chat.group).epoch).toBe(before + 1n)
  const old = await readTravelled(bob.chat.group, sealed)
  expect(old).toMatchObject({ isUnreadable: true, profile: { key: new Uint8Array() } })
})

test('M13 a server that puts another profile in the place of a new one leaves the group without a name, and is told of', async () => {
  for (const change of ['ciphertext', 'key', 'nothing', 'old'] as const) {
    const { alice, bob } = await createGroupPair()
    const old = await travelled(alice.chat.group, alice.chat)
    const entry = await commitBy(alice, await rename(alice, 'The town'))
    const flipped = (bytes: Uint8Array) => bytes.with(20, bytes[20]! ^ 1)
    if (change === 'ciphertext') entry.contentCiphertext = flipped(entry.contentCiphertext) as never
    if (change === 'key') entry.wrappedKey = flipped(entry.wrappedKey) as never
    if (change === 'nothing')
      Object.assign(entry, { contentCiphertext: new Uint8Array(), wrappedKey: new Uint8Array() })
    if (change === 'old')
      Object.assign(entry, { contentCiphertext: old.profileCiphertext, wrappedKey: old.wrappedProfileKey })
    expect(await take(bob, entry)).toMatchObject({ remarks: [UNREADABLE] })
    expect(nameOf(bob.chat)).toBeUndefined()
    await take(alice, entry)
    expect(nameOf(alice.chat)).toBe('The town')
    // The next commit of anybody who has the name brings it back.
    expect(await take(bob, await commitBy(alice, {}))).toMatchObject({ remarks: [] })
    expect(nameOf(bob.chat)).toBe('The town')
  }
})

test('M13 a name that has not changed stays, whatever the server sends in its place', async () => {
  const { alice, bob } = await createGroupPair()
  const entry = await commitBy(alice, {})
  Object.assign(entry, { contentCiphertext: new Uint8Array(300), wrappedKey: new Uint8Array(60) })
  expect(await take(bob, entry)).toMatchObject({ remarks: [] })
  expect(nameOf(bob.chat)).toBe(TITLES.name)
})

test('who cannot open the profile commits all the same', async () => {
  const { alice, bob } = await createGroupPair()
  const entry = await commitBy(alice, await rename(alice, 'The town'))
  entry.wrappedKey = new Uint8Array(60)
  await take(bob, entry)
  await take(alice, entry)
  const next = await commitBy(bob, {})
  expect(next.wrappedKey).toHaveLength(60)
  expect(next.contentCiphertext).toEqual(alice.chat.profile!.ciphertext)
  await take(alice, next)
  expect(nameOf(alice.chat)).toBe('The town')
})

test('M13 the profile of one chat opens in no other', async () => {
  const { alice } = await createGroupPair()
  const profile = await sealProfile(randomId(ChatId), TITLES)
  const state = { ...stateOf(alice.chat.group), profileHash: hashOfProfile(profile) }
  const next = await take(alice, await commitBy(alice, { state, profile }))
  const { bob } = { bob: next.chat }
  const sealed = await travelled(bob.group, bob)
  expect(await readTravelled(bob.group, sealed)).toMatchObject({ isUnreadable: true })
})
