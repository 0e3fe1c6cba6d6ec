import { create } from '@bufbuild/protobuf'
import {
  commit,
  create as createGroup,
  inviteMemberKey,
  joinExternal,
  newInvite,
  receive,
  sealTo,
  stateOf,
  view,
} from '@veche/mls'
import { AccountId, ChatId, concatBytes, DecodeError, equalBytes, labelled, randomId } from '@veche/protocol'
import { type ChatState, MemberSchema, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { InviteKeySchema } from '@veche/protocol/gen/e2ee/v1/join_info_pb.js'
import { expect, test } from 'vitest'
import { groupChanges } from './group-change.ts'
import { sealProfile } from './group-profile.ts'
import { withInvite, withoutInvite } from './group-wishes.ts'
import { openJoinOffer, sealJoinOffer } from './join-offer.ts'
import { applyChanges } from './local-chat.ts'
import { prepareCommit } from './own-commits.ts'
import { receiveEntry } from './receive-entry.ts'
import { rulesOf } from './rules.ts'
import { commitBy, createGroupPair, TITLES } from './testing/group.ts'
import { newSide } from './testing/pair.ts'

const newSeed = () => crypto.getRandomValues(new Uint8Array(32))

/** What the maker of a link gives to the members. */
async function keyOf(seed: Uint8Array) {
  const { id: inviteId } = await newInvite(seed)
  return create(InviteKeySchema, { inviteId, key: inviteMemberKey(seed) })
}

/** Alice's group with links of these seeds, as her commit offers it. */
async function offered(...seeds: Uint8Array[]) {
  const { alice, bob } = await createGroupPair()
  const invites = await Promise.all(seeds.map(newInvite))
  const inviteKeys = await Promise.all(seeds.map(keyOf))
  const entry = await commitBy(alice, { state: { ...rulesOf(alice.chat.group), invites }, inviteKeys })
  return { alice, bob, entry, invites, offer: alice.chat.pending!.joinOffer! }
}

test('M13 each holder of a live link, and nobody else, opens what a commit offers', async () => {
  const seeds = [newSeed(), newSeed()]
  const { alice, invites, offer } = await offered(...seeds)
  const { chatId } = alice.chat
  const carol = await newSide('carol')
  expect(offer.groupInfos).toHaveLength(2)
  for (const [index, { id: inviteId }] of invites.entries()) {
    const sealedKey = offer.groupInfos.find((one) => Buffer.from(inviteId).equals(one.inviteId))!.ciphertext
    const fetched = { joinInfoCiphertext: offer.joinInfoCiphertext, sealedKey }
    const secret = { inviteId, seed: seeds[index]! }
    const { groupInfo, profile } = await openJoinOffer(chatId, secret, fetched)
    expect(profile.shown).toMatchObject(TITLES)
    const joined = await joinExternal(carol.device, groupInfo, { id: inviteId, seed: secret.seed })
    expect(joined.next.chatId).toBe(chatId)
    const wrong: Parameters<typeof openJoinOffer>[] = [
      [chatId, { ...secret, seed: newSeed() }, fetched],
      [randomId(ChatId), secret, fetched],
      [chatId, { ...secret, inviteId: invites[1 - index]!.id }, fetched],
      [chatId, secret, { ...fetched, joinInfoCiphertext: new Uint8Array(300) }],
      [chatId, secret, { ...fetched, joinInfoCiphertext: new Uint8Array() }],
      [chatId, secret, { ...fetched, sealedKey: new Uint8Array(112) }],
      [chatId, secret, { ...fetched, sealedKey: new Uint8Array() }],
    ]
    for (const given of wrong) await expect(openJoinOffer(...given)).rejects.toThrow(DecodeError)
  }
})

test('B9 the length of an offer tells nothing of the name of the group', async () => {
  const seed = newSeed()
  const [one, other] = [await offered(seed), await offered(seed)]
  expect(one.offer.joinInfoCiphertext).toHaveLength(other.offer.joinInfoCiphertext.length)
  expect((one.offer.joinInfoCiphertext.length - 16) % 256).toBe(0)
})

test('A5 who came by a link is in the group at once, and told of as such once', async () => {
  const seed = newSeed()
  const { alice, bob, entry, invites, offer } = await offered(seed)
  const [{ id: inviteId }] = invites as [(typeof invites)[0]]
  const taken = await receiveEntry(bob.chat, entry, bob.reader)
  if (taken.kind !== 'epoch') throw new Error('no epoch')
  const fetched = { ...offer, sealedKey: offer.groupInfos[0]!.ciphertext }
  const { groupInfo } = await openJoinOffer(alice.chat.chatId, { inviteId, seed }, fetched)
  const carol = await newSide('carol')
  const made = await joinExternal(carol.device, groupInfo, { id: inviteId, seed })
  const received = await receive(taken.chat.group, made.commit)
  if (received.kind !== 'commit') throw new Error('refused')
  const after = { ...taken.chat, group: received.group }
  const who = carol.identity.accountId
  expect(received.committer.accountId).toBe(who)
  expect(groupChanges(taken.chat, after, { by: who, left: [] })).toEqual([
    { change: 'members', who, by: who, how: 'joined' },
  ])
  const state = rulesOf(received.group)
  expect(state.members.map(({ accountId }) => AccountId.fromBytes(accountId))).toContain(who)
  expect(rulesOf(received.group)).toBe(state)
  const { changes } = await prepareCommit(after, bob.device, { state })
  const written = applyChanges(after, changes)
  expect(written.pending?.joinOffer).toBeDefined()
  expect(groupChanges(after, written, { by: bob.identity.accountId, left: [] })).toEqual([])
})

test('M13 a link is made together with its terms and without dead ones, and is taken back once', async () => {
  const [seed, dead] = [newSeed(), await newInvite(newSeed())]
  const { alice } = await createGroupPair()
  const present = view(alice.chat.group)
  const invite = await newInvite(seed)
  const group = { ...present, state: { ...present.state, invites: [dead] } }
  const made = withInvite(invite, inviteMemberKey(seed), { lastsMs: 1000, maxUses: 3 }, [dead.id])(group)!
  expect(made.state!.invites).toEqual([invite])
  expect(made.inviteTerms).toMatchObject([{ inviteId: invite.id, lastsMs: 1000n, maxUses: 3 }])
  const taken = withoutInvite(invite.id)({ ...group, state: made.state! })
  expect(taken!.state!.invites).toEqual([])
  expect(withoutInvite(invite.id)({ ...group, state: taken!.state! })).toBeUndefined()
})

test('A2 A5 who knows a link’s public keys alone leads nobody into a group of their own', async () => {
  const [seed, other] = [newSeed(), newSeed()]
  const { alice, invites, offer } = await offered(seed, other)
  const { chatId } = alice.chat
  const [invite] = invites as [(typeof invites)[0]]
  const { id: inviteId } = invite
  // The server has the state, the public keys, and accounts of its own; the keys of the link it must guess.
  const mallory = await newSide('mallory')
  const state = { ...stateOf(alice.chat.group), invites: [invite], members: [] as ChatState['members'] }
  state.members = [create(MemberSchema, { accountId: mallory.person.accountId, role: Role.OWNER })]
  const group = await createGroup(mallory.device, { chatId, state })
  const evil = await commit(group, mallory.device, {})
  const guessed = [[], [create(InviteKeySchema, { inviteId, key: newSeed() })], [await keyOf(other)]]
  for (const inviteKeys of guessed) {
    const profile = { ...(await sealProfile(chatId, TITLES)), inviteKeys }
    const { joinInfoCiphertext, groupInfos } = (await sealJoinOffer(evil, profile))!
    const fetched = { joinInfoCiphertext, sealedKey: groupInfos[0]!.ciphertext }
    const opening = openJoinOffer(chatId, { inviteId, seed }, fetched)
    await expect(opening).rejects.toThrow('join info: of nobody in the group')
  }
  // A proof that a member made holds for what that member sealed, and for nothing else.
  const purpose = labelled('veche invite key v1', ChatId.toBytes(chatId), inviteId)
  const sealedKey = await sealTo(invite.sealingKey, purpose, concatBytes(new Uint8Array(32), newSeed()))
  const opening = openJoinOffer(chatId, { inviteId, seed }, { ...offer, sealedKey })
  await expect(opening).rejects.toThrow(DecodeError)
})

test('A5 every member hands the links’ keys on: who was there, who joins, who is added, whoever commits', async () => {
  const seeds = [newSeed(), newSeed()] as const
  const { alice, bob, entry, offer, invites } = await offered(...seeds)
  const received = await receiveEntry(bob.chat, entry, bob.reader)
  if (received.kind !== 'epoch') throw new Error('no epoch')
  bob.chat = received.chat
  const keys = await Promise.all(seeds.map(keyOf))
  expect(bob.chat.profile!.inviteKeys).toEqual(expect.arrayContaining(keys))
  await commitBy(bob, {})
  const later = bob.chat.pending!.joinOffer!
  for (const [index, seed] of seeds.entries()) {
    const { id: inviteId } = invites[index]!
    const sealedKey = later.groupInfos.find((one) => equalBytes(one.inviteId, inviteId))!.ciphertext
    const opened = await openJoinOffer(alice.chat.chatId, { inviteId, seed }, { ...later, sealedKey })
    expect(opened.profile).toMatchObject({ shown: TITLES })
    expect(opened.profile.inviteKeys).toEqual(expect.arrayContaining(keys))
  }
  expect(offer.groupInfos).not.toEqual(later.groupInfos)
})

test('A10 a key that a member spoils is known for a wrong one, and takes the place of none', async () => {
  const seed = newSeed()
  const { alice, bob, entry } = await offered(seed)
  // Bob has not learnt the key and commits with another.
  const at = await receiveEntry(bob.chat, { ...entry, wrappedKey: new Uint8Array(92) }, bob.reader)
  if (at.kind !== 'epoch') throw new Error('no epoch')
  bob.chat = at.chat
  expect(bob.chat.profile).toMatchObject({ shown: TITLES, inviteKeys: [] })
  const own = await receiveEntry(alice.chat, entry, alice.reader)
  if (own.kind !== 'epoch') throw new Error('no epoch')
  const wrong = create(InviteKeySchema, { ...(await keyOf(seed)), key: newSeed() })
  const spoilt = await commitBy(bob, { inviteKeys: [wrong] })
  const after = await receiveEntry(own.chat, spoilt, alice.reader)
  if (after.kind !== 'epoch') throw new Error('no epoch')
  expect(after.chat.profile!.inviteKeys).toEqual([await keyOf(seed)])
})
