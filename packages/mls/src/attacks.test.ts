/** Attacks of the threat model on membership, as evil members and an evil server would make them. */
import { AccountId, DecodeError, equalBytes, utf8 } from '@veche/protocol'
import { Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { Commit } from 'ts-mls/commit.js'
import { createCommit, joinGroupExternal } from 'ts-mls/createCommit.js'
import { proposeAddExternal } from 'ts-mls/externalProposal.js'
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js'
import { encryptSenderData } from 'ts-mls/privateMessage.js'
import { beforeEach, describe, expect, test } from 'vitest'
import { chatStateExtension } from './chat-state.ts'
import { encodeEvidence } from './commit-evidence.ts'
import { engineConfig } from './engine.ts'
import { contextOf, signedBy } from './group.ts'
import * as mls from './index.ts'
import { generateKeyPackage } from './key-package.ts'
import { suite } from './provider.ts'
import {
  addAll,
  changed,
  commitAs,
  everyoneAgrees,
  everyoneCanReadEveryone,
  groupState,
  hear,
  newParticipant,
  type Participant,
  privateState,
  say,
  startChat,
  withMember,
  withoutMember,
} from './testing/chat.ts'
import {
  addProposal,
  inline,
  lawlessCommit,
  loneProposal,
  pathOf,
  posingAs,
  removeProposal,
  signedCommit,
} from './testing/evil.ts'
import { derivesNextEpoch } from './testing/ghost.ts'
import { judgeHandshake, readHandshake } from './wire.ts'

let alice: Participant
let bob: Participant
let carol: Participant

/** Alice owns a group, Bob and Carol are members. */
beforeEach(async () => {
  ;[alice, bob, carol] = [await newParticipant(), await newParticipant(), await newParticipant()]
  const roles: [Participant['account'], Role][] = [
    [alice.account, Role.OWNER],
    [bob.account, Role.MEMBER],
    [carol.account, Role.MEMBER],
  ]
  await startChat(groupState(roles), alice, bob, carol)
})

/** What a delivery service cannot see. */
const SEEN_BY_MEMBERS_ONLY = ['duplicate-key']

/** Nobody but the sender takes it, the delivery service neither, and nothing changes for anybody. */
async function everyoneRefuses(message: Uint8Array, reason: string, ...participants: Participant[]) {
  if (!SEEN_BY_MEMBERS_ONLY.includes(reason)) {
    const verdict = judgeHandshake(message, contextOf(participants[0]!.group))
    if (reason === 'malformed') await expect(verdict).rejects.toThrow(DecodeError)
    else expect(await verdict).toEqual({ kind: 'refused', reason })
  }
  for (const participant of participants) {
    const before = mls.saveGroup(participant.group)
    expect(await mls.receive(participant.group, message)).toMatchObject({ kind: 'refused', reason })
    expect(equalBytes(mls.saveGroup(participant.group), before)).toBe(true)
  }
}

describe('A1: a ghost', () => {
  test('is not let in by a member without the right, nor by one outside the list', async () => {
    const ghost = await newParticipant()
    const add = addProposal((await ghost.newKeyPackage()).keyPackage)
    await everyoneRefuses(await lawlessCommit(bob, [add]), 'not-a-member', alice, carol)
    await everyoneRefuses(await loneProposal(bob, add), 'forbidden-proposal', alice, carol)
  })

  test('is never a third account in a private chat', async () => {
    const [ann, ben, eve] = [await newParticipant(), await newParticipant(), await newParticipant()]
    await startChat(privateState(ann.account, ben.account), ann, ben)
    const { keyPackage } = await eve.newKeyPackage()
    await expect(mls.commit(ann.group, ann.device, { add: [keyPackage] })).rejects.toThrow(mls.PolicyError)
    await everyoneRefuses(await lawlessCommit(ann, [addProposal(keyPackage)]), 'not-a-member', ben)
  })

  test('is not let in again once it is banned', async () => {
    const id = AccountId.toBytes(bob.account.accountId)
    const banned = changed(withoutMember(alice.view.state, bob.account.accountId), { bannedAccounts: [id] })
    await commitAs(alice, { remove: alice.leavesOf(bob.account.accountId), state: banned }, [bob, carol])
    const { keyPackage } = await (await newParticipant(bob.account)).newKeyPackage()
    const back = withMember(banned, bob.account, Role.MEMBER)
    await expect(mls.commit(alice.group, alice.device, { add: [keyPackage], state: back })).rejects.toThrow(
      'banned-account',
    )
  })
})

describe('what stands outside the table', () => {
  test('a commit that hides in a private message', async () => {
    const context = { state: signedBy(alice.group, alice.device), cipherSuite: suite }
    const { commit } = await createCommit(context, { wireAsPublicMessage: false })
    for (const participant of [bob, carol]) {
      const received = await mls.receive(participant.group, encodeMlsMessage(commit))
      expect(received).toMatchObject({ kind: 'refused', reason: 'forbidden-proposal' })
    }
  })

  test('a stranger’s wish to be added', async () => {
    const dave = await newParticipant()
    const { keyPackage, privateKeys } = await generateKeyPackage(dave.device, Date.now(), false)
    const { groupInfo } = await mls.commit(alice.group, alice.device, {})
    const info = decodeMlsMessage(groupInfo, 0)![0]
    if (info.wireformat !== 'mls_group_info') throw new Error('not a group info')
    const { groupContext } = alice.group.engine
    const wish = await proposeAddExternal({ ...info.groupInfo, groupContext }, keyPackage, privateKeys, suite)
    await everyoneRefuses(encodeMlsMessage(wish), 'forbidden-proposal', alice, bob, carol)
  })

  test('a pre-shared key, a ReInit, two changes of state, a proposal by reference', async () => {
    const psk = { psktype: 'external' as const, pskId: utf8('x'), pskNonce: new Uint8Array(32) }
    const { groupId, state } = alice.view
    const extensions = [chatStateExtension(state)]
    const setState = {
      proposalType: 'group_context_extensions' as const,
      groupContextExtensions: { extensions },
    }
    const reinit = { groupId, version: 'mls10' as const, cipherSuite: suite.name, extensions }
    const lists: Commit['proposals'][] = [
      inline({ proposalType: 'psk', psk: { preSharedKeyId: psk } }),
      inline({ proposalType: 'reinit', reinit }),
      inline(setState, setState),
      inline({ proposalType: 'external_init', externalInit: { kemOutput: new Uint8Array(32) } }),
      inline({ proposalType: 0xf0ff, proposalData: new Uint8Array() }),
      [{ proposalOrRefType: 'reference', reference: new Uint8Array(32) }],
    ]
    for (const proposals of lists) {
      const commit = await signedCommit(alice, { proposals, path: undefined })
      await everyoneRefuses(commit, 'forbidden-proposal', bob, carol)
      expect(readHandshake(commit).refusedProposals).toBe(true)
    }
  })
})

describe('A2: a substituted key', () => {
  test('does not pass for a device of the account', async () => {
    const mallory = await newParticipant()
    const device = { ...mallory.device, certificate: bob.device.certificate }
    const { keyPackage } = await mls.newKeyPackage(device, { nowMs: Date.now() })
    await expect(mls.commit(alice.group, alice.device, { add: [keyPackage] })).rejects.toThrow(
      mls.PolicyError,
    )
    await expect(lawlessCommit(alice, [addProposal(keyPackage)])).rejects.toThrow('credential')
  })

  test('nor does a leaf change whose it is in a path', async () => {
    const second = await newParticipant(alice.account)
    const path = pathOf(await lawlessCommit(posingAs(second, bob), []))
    await everyoneRefuses(await signedCommit(bob, { proposals: [], path }), 'identity-changed', alice, carol)
  })
})

describe('A3: a device more', () => {
  test('without the account’s certificate is refused by every member', async () => {
    const { certificate } = (await newParticipant()).device
    const mallory = await newParticipant(bob.account)
    const { keyPackage } = await mls.newKeyPackage({ ...mallory.device, certificate }, { nowMs: Date.now() })
    await expect(lawlessCommit(alice, [addProposal(keyPackage)])).rejects.toThrow('credential')
    await everyoneRefuses(
      await signedCommit(alice, { proposals: inline(addProposal(keyPackage)), path: undefined }),
      'uncertified-device',
      bob,
      carol,
    )
  })

  test('with ids that are in the tree is refused by every member', async () => {
    const twin = await newParticipant(bob.account, bob.deviceId)
    const add = addProposal((await twin.newKeyPackage()).keyPackage)
    await everyoneRefuses(await lawlessCommit(alice, [add]), 'duplicate-device', bob, carol)
    const [leaf] = alice.leavesOf(bob.account.accountId)
    const swap = await lawlessCommit(alice, [removeProposal(leaf!), add])
    await everyoneRefuses(swap, 'duplicate-device', bob, carol)
  })

  test('with keys that are in the tree is refused by every member', async () => {
    const { keyPackage } = await bob.newKeyPackage()
    await everyoneRefuses(
      await signedCommit(alice, { proposals: inline(addProposal(keyPackage)), path: undefined }),
      'duplicate-key',
      bob,
      carol,
    )
  })

  test('and cannot replace another on a request for another key package, time or group', async () => {
    const restored = await newParticipant(bob.account, bob.deviceId)
    const [wanted, otherPackage] = [await restored.newKeyPackage(), await restored.newKeyPackage()]
    const { groupId, epoch } = alice.view
    const [leaf] = alice.leavesOf(bob.account.accountId)
    const ask = (group: Uint8Array, at: bigint, reference: Uint8Array, by = restored) =>
      mls.requestReplacement(by.device, group, at, reference)
    const wrong = [
      await ask(groupId, epoch, otherPackage.reference),
      await ask(groupId, epoch + 1n, wanted.reference),
      await ask(new Uint8Array(32), epoch, wanted.reference),
      await ask(groupId, epoch, wanted.reference, carol),
    ]
    for (const request of wrong) {
      const evidence = encodeEvidence({ replaceRequests: [request] })
      const commit = await lawlessCommit(
        alice,
        [removeProposal(leaf!), addProposal(wanted.keyPackage)],
        evidence,
      )
      await everyoneRefuses(commit, 'malformed', bob, carol)
    }
    const request = await ask(groupId, epoch, wanted.reference)
    await addPackage(alice, restored, wanted, leaf!, request, [carol])
    everyoneAgrees(alice, carol, restored)
  })
})

async function addPackage(
  by: Participant,
  restored: Participant,
  { keyPackage }: mls.NewKeyPackage,
  leaf: number,
  request: Uint8Array,
  others: Participant[],
) {
  const pending = await commitAs(
    by,
    { add: [keyPackage], remove: [leaf], replaceRequests: [request] },
    others,
  )
  await restored.join(pending.welcome!)
}

describe('A5: an uninvited guest', () => {
  const secret: { seed: Uint8Array; id: Uint8Array } = {
    seed: crypto.getRandomValues(new Uint8Array(32)),
    id: new Uint8Array(),
  }
  let groupInfo: Uint8Array

  beforeEach(async () => {
    const invite = await mls.newInvite(secret.seed)
    secret.id = invite.id
    const state = changed(alice.view.state, { invites: [invite] })
    ;({ groupInfo } = await commitAs(alice, { state }, [bob, carol]))
  })

  test('with the link comes in, and only then', async () => {
    const dave = await newParticipant()
    const joined = await mls.joinExternal(dave.device, groupInfo, secret)
    dave.group = joined.next
    for (const participant of [alice, bob, carol]) {
      const received = await mls.receive(participant.group, joined.commit)
      expect(received).toMatchObject({ kind: 'commit', changes: { removed: [], state: undefined } })
      if (received.kind !== 'commit') continue
      expect(received.changes.added).toEqual([received.committer])
      expect(received.committer.deviceId).toBe(dave.deviceId)
      participant.group = received.group
    }
    everyoneAgrees(alice, bob, carol, dave)
    await everyoneCanReadEveryone(alice, bob, carol, dave)
  })

  test('without a proof, with another’s, a wrong key or a stale one, stays out', async () => {
    const dave = await newParticipant()
    const proofs = {
      none: new Uint8Array(),
      another: await proofOf(await mls.joinExternal((await newParticipant()).device, groupInfo, secret)),
      wrong: await proofOf(
        await mls.joinExternal(dave.device, groupInfo, { ...secret, seed: new Uint8Array(32) }),
      ),
    }
    for (const proof of Object.values(proofs)) {
      await everyoneRefuses(await externalCommit(dave, groupInfo, proof), 'not-invited', alice, bob, carol)
    }
    const stale = await proofOf(await mls.joinExternal(dave.device, groupInfo, secret))
    const fresh = await commitAs(bob, {}, [alice, carol])
    await everyoneRefuses(
      await externalCommit(dave, fresh.groupInfo, stale),
      'not-invited',
      alice,
      bob,
      carol,
    )
  })

  test('cannot use a link twice for one epoch, nor one that was revoked', async () => {
    const [dave, erin] = [await newParticipant(), await newParticipant()]
    const first = await mls.joinExternal(dave.device, groupInfo, secret)
    const second = await mls.joinExternal(erin.device, groupInfo, secret)
    await acceptAll(first.commit, alice, bob, carol)
    await everyoneRefuses(first.commit, 'stale', alice, bob, carol)
    await everyoneRefuses(second.commit, 'stale', alice, bob, carol)
    const state = changed(alice.view.state, { invites: [] })
    const revoked = await commitAs(alice, { state }, [bob, carol])
    await expect(mls.joinExternal(erin.device, revoked.groupInfo, secret)).rejects.toThrow(mls.JoinError)
    const proof = await proofOf(second)
    await everyoneRefuses(
      await externalCommit(erin, revoked.groupInfo, proof),
      'not-invited',
      alice,
      bob,
      carol,
    )
  })

  test.each(Object.entries({ 'an answer': { approve: true }, 'to ask': { role: Role.READER } }))(
    'M13 does not come by itself by a link that demands %s',
    async (_what, terms) => {
      const dave = await newParticipant()
      const free = await mls.commit(alice.group, alice.device, {})
      // Another history of the same epoch, where the link demands nothing: its proof is good in this one.
      const proof = proofOf(await mls.joinExternal(dave.device, free.groupInfo, secret))
      const invites = alice.view.state.invites.map((invite) => ({ ...invite, ...terms }))
      const state = changed(alice.view.state, { invites })
      const fresh = await commitAs(alice, { state }, [bob, carol])
      await expect(mls.joinExternal(dave.device, fresh.groupInfo, secret)).rejects.toThrow(mls.JoinError)
      const commit = await externalCommit(dave, fresh.groupInfo, proof)
      await everyoneRefuses(commit, 'must-ask', alice, bob, carol)
    },
  )

  test('does not “resync” over a leaf, even with a link', async () => {
    const proof = await proofOf(
      await mls.joinExternal((await newParticipant(bob.account)).device, groupInfo, secret),
    )
    const resync = await externalCommit(bob, groupInfo, proof, true)
    await everyoneRefuses(resync, 'forbidden-proposal', alice, carol)
  })

  test('does not come in as a device that is in', async () => {
    const twin = await newParticipant(bob.account, bob.deviceId)
    await expect(mls.joinExternal(twin.device, groupInfo, secret)).rejects.toThrow(mls.JoinError)
  })
})

describe('A6: a removed member', () => {
  test('is not removed by a commit without a path', async () => {
    const [leaf] = alice.leavesOf(bob.account.accountId)
    const commit = await signedCommit(alice, { proposals: inline(removeProposal(leaf!)), path: undefined })
    await everyoneRefuses(commit, 'no-path', carol)
    expect(await mls.receive(bob.group, commit)).toMatchObject({ kind: 'refused' })
  })

  test('derives nothing, even where nobody but the committer is left', async () => {
    const [ann, ben] = [await newParticipant(), await newParticipant()]
    await startChat(
      groupState([
        [ann.account, Role.OWNER],
        [ben.account, Role.MEMBER],
      ]),
      ann,
      ben,
    )
    const state = withoutMember(ann.view.state, ben.account.accountId)
    const pending = await commitAs(ann, { remove: ann.leavesOf(ben.account.accountId), state }, [])
    expect(await mls.receive(ben.group, pending.commit)).toMatchObject({ kind: 'removed' })
    expect(await derivesNextEpoch(ben.group, pending.commit, ann.group)).toBe(false)
    const cal = await newParticipant()
    await addAll(ann, [cal], { state: withMember(ann.view.state, cal.account, Role.MEMBER) })
    await everyoneCanReadEveryone(ann, cal)
  })

  test('is told apart from one who stays: the same probe opens the path of a plain update', async () => {
    const before = bob.group
    const pending = await commitAs(alice, {}, [bob, carol])
    expect(await derivesNextEpoch(before, pending.commit, alice.group)).toBe(true)
  })

  test('reads nothing later, nor does what it says count', async () => {
    const state = withoutMember(alice.view.state, bob.account.accountId)
    await commitAs(alice, { remove: alice.leavesOf(bob.account.accountId), state }, [bob, carol])
    expect(await hear(bob, await say(alice, 'without him'))).toBe('refused: future')
    const late = await say(bob, 'still here')
    // He wrote in the epoch before; whether that is too late is for the server and the client to say.
    expect(await hear(carol, late)).toBe('still here')
    expect(await mls.receive(carol.group, await lawlessCommit(bob, []))).toMatchObject({ reason: 'stale' })
  })
})

describe('A11: a replay', () => {
  test('of the same bytes is refused, of the same epoch or an earlier one', async () => {
    const message = await say(alice, 'once')
    expect(await hear(bob, message)).toBe('once')
    expect(await hear(bob, message)).toBe('refused: replayed')
    await commitAs(carol, {}, [alice, bob])
    expect(await hear(bob, message)).toBe('refused: replayed')
  })

  test('out of order is no replay, but each counts once', async () => {
    const messages = [await say(alice, '0'), await say(alice, '1'), await say(alice, '2')]
    for (const at of [2, 0, 1]) expect(await hear(bob, messages[at]!)).toBe(`${at}`)
    for (const at of [2, 0, 1]) expect(await hear(bob, messages[at]!)).toBe('refused: replayed')
  })
})

describe('A12: a jump of the ratchet', () => {
  test('of 4,097 is refused at once, of 4,096 followed', async () => {
    const near = await atGeneration(alice, 4096)
    const far = await atGeneration(alice, 4097)
    expect(await hear(bob, far)).toBe('refused: too-far')
    expect(await hear(bob, await atGeneration(alice, 2 ** 32 - 1))).toBe('refused: too-far')
    // The key of generation 4,096 does not fit these bytes, but it was looked for.
    expect(await hear(bob, near)).toBe('refused: not-verified')
    expect(await hear(bob, await say(alice, 'and on'))).toBe('and on')
  })
})

describe('A15: a key package', () => {
  test('is used up by joining, and a welcome cannot be joined twice', async () => {
    const dave = await newParticipant()
    const { keyPackage, reference } = await dave.newKeyPackage()
    const state = withMember(alice.view.state, dave.account, Role.MEMBER)
    const { welcome } = await commitAs(alice, { add: [keyPackage], state }, [bob, carol])
    expect((await dave.join(welcome!)).reference).toEqual(reference)
    await expect(dave.join(welcome!)).rejects.toThrow(mls.JoinError)
  })

  test('twice in the tree is refused by every member', async () => {
    const dave = await newParticipant()
    const { keyPackage } = await dave.newKeyPackage()
    const state = withMember(alice.view.state, dave.account, Role.MEMBER)
    await commitAs(alice, { add: [keyPackage], state }, [bob, carol])
    const again = await signedCommit(alice, { proposals: inline(addProposal(keyPackage)), path: undefined })
    await everyoneRefuses(again, 'duplicate-key', bob, carol)
  })

  test('that is out of date is not added', async () => {
    const dave = await newParticipant()
    const old = await mls.newKeyPackage(dave.device, { nowMs: Date.now() - 91 * 86_400_000 })
    const state = withMember(alice.view.state, dave.account, Role.MEMBER)
    const commit = mls.commit(alice.group, alice.device, { add: [old.keyPackage], state })
    await expect(commit).rejects.toThrow(mls.PolicyError)
  })
})

test('A19: the generation of a message is one that no earlier state can repeat unseen', async () => {
  const yesterday = alice.group
  const sent = await say(alice, 'today')
  expect(await hear(bob, sent)).toBe('today')
  alice.group = yesterday
  expect(await hear(bob, await say(alice, 'again'))).toBe('refused: replayed')
})

async function acceptAll(commit: Uint8Array, ...participants: Participant[]) {
  for (const participant of participants) {
    const received = await mls.receive(participant.group, commit)
    if (received.kind !== 'commit') throw new Error(received.kind)
    participant.group = received.group
  }
}

/** An external commit as the engine makes it, with whatever proof. */
async function externalCommit(
  { device }: Participant,
  groupInfo: Uint8Array,
  proof: Uint8Array,
  resync = false,
) {
  const message = decodeMlsMessage(groupInfo, 0)![0]
  if (message.wireformat !== 'mls_group_info') throw new Error('not a group info')
  const { keyPackage, privateKeys } = await generateKeyPackage(device, Date.now(), false)
  const { publicMessage } = await joinGroupExternal(
    message.groupInfo,
    keyPackage,
    privateKeys,
    resync,
    suite,
    undefined,
    engineConfig,
    proof,
  )
  return encodeMlsMessage({ version: 'mls10', wireformat: 'mls_public_message', publicMessage })
}

function proofOf({ commit }: mls.PendingCommit): Uint8Array {
  const message = decodeMlsMessage(commit, 0)![0]
  if (message.wireformat !== 'mls_public_message') throw new Error('not a public message')
  return message.publicMessage.content.authenticatedData
}

/** A message whose sender data names a generation; made by one who knows the sender data secret, as all do. */
async function atGeneration(sender: Participant, generation: number): Promise<Uint8Array> {
  const { message } = await mls.encrypt(sender.group, sender.device, utf8('x'), new Uint8Array())
  const decoded = decodeMlsMessage(message, 0)![0]
  if (decoded.wireformat !== 'mls_private_message') throw new Error('not a private message')
  const { groupId, epoch, contentType, ciphertext } = decoded.privateMessage
  const { senderDataSecret } = sender.group.engine.keySchedule
  const leafIndex = sender.group.engine.privatePath.leafIndex
  const senderData = { leafIndex, generation, reuseGuard: new Uint8Array(4) as never }
  const encryptedSenderData = await encryptSenderData(
    senderDataSecret,
    senderData,
    { groupId, epoch, contentType },
    ciphertext,
    suite,
  )
  const privateMessage = { ...decoded.privateMessage, encryptedSenderData }
  return encodeMlsMessage({ version: 'mls10', wireformat: 'mls_private_message', privateMessage })
}
