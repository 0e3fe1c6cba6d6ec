import { joinExternal, newInvite, receive, view } from '@veche/mls'
import { AccountId, ChatId, DecodeError, randomId } from '@veche/protocol'
import { expect, test } from 'vitest'
import { groupChanges } from './group-change.ts'
import { withInvite, withoutInvite } from './group-wishes.ts'
import { openJoinOffer } from './join-offer.ts'
import { applyChanges } from './local-chat.ts'
import { prepareCommit } from './own-commits.ts'
import { receiveEntry } from './receive-entry.ts'
import { rulesOf } from './rules.ts'
import { commitBy, createGroupPair, TITLES } from './testing/group.ts'
import { newSide } from './testing/pair.ts'

const newSeed = () => crypto.getRandomValues(new Uint8Array(32))

/** Alice's group with links of these seeds, as her commit offers it. */
async function offered(...seeds: Uint8Array[]) {
  const { alice, bob } = await createGroupPair()
  const invites = await Promise.all(seeds.map(newInvite))
  const entry = await commitBy(alice, { state: { ...rulesOf(alice.chat.group), invites } })
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
      [chatId, secret, { ...fetched, sealedKey: new Uint8Array(80) }],
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
  const made = withInvite(invite, { lastsMs: 1000, maxUses: 3 }, [dead.id])(group)!
  expect(made.state!.invites).toEqual([invite])
  expect(made.inviteTerms).toMatchObject([{ inviteId: invite.id, lastsMs: 1000n, maxUses: 3 }])
  const taken = withoutInvite(invite.id)({ ...group, state: made.state! })
  expect(taken!.state!.invites).toEqual([])
  expect(withoutInvite(invite.id)({ ...group, state: taken!.state! })).toBeUndefined()
})
