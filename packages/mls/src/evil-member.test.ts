/**
 * Everything that a member who does not run our code can commit: honest members all come to the same verdict, nobody's
 * group changes by what is refused, nobody crashes, and the delivery service says the same where it can see as much.
 * Attacks on membership by name are in attacks.test.ts; here the honest are many, and lawless commits are made at random.
 */

import { create } from '@bufbuild/protobuf'
import { AccountId, DecodeError, encodeMessage, equalBytes, utf8 } from '@veche/protocol'
import {
  type ChatState,
  ChatStateSchema,
  RightsSchema,
  Role,
} from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { CiphersuiteImpl, Extension, Proposal } from 'ts-mls'
import { createCommit } from 'ts-mls/createCommit.js'
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chatStateExtension } from './chat-state.ts'
import { contextOf, signedBy } from './group.ts'
import * as mls from './index.ts'
import { suite } from './provider.ts'
import {
  changed,
  commitAs,
  everyoneAgrees,
  everyoneCanReadEveryone,
  groupState,
  hear,
  newParticipant,
  Participant,
  say,
  startChat,
  withMember,
  withoutMember,
} from './testing/chat.ts'
import { addProposal, inline, lawlessCommit, removeProposal, signedCommit } from './testing/evil.ts'
import { type Random, seededRandom, seedFromEnvironment } from './testing/random.ts'
import { judgeHandshake } from './wire.ts'

const RANDOM_COMMITS = process.env.VECHE_LONG === '1' ? 10_000 : 200

/** Eight devices, each of which has committed once, so that every path is whole. The first owns the group. */
let beginning: readonly Participant[]
let owner: Participant
/** Is an admin at first; what it may not do is tried. */
let mallory: Participant
let honest: Participant[]
beforeAll(async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => newParticipant()))
  const [first, second, ...others] = all as [Participant, Participant, ...Participant[]]
  const members = all.map(({ account }, index): [typeof account, Role] => [
    account,
    ROLES[index] ?? Role.MEMBER,
  ])
  await startChat(groupState(members), first, second, ...others)
  for (const one of all)
    await commitAs(
      one,
      {},
      all.filter((other) => other !== one),
    )
  beginning = all
})
beforeEach(() => {
  const all = beginning.map(({ account, device, deviceId, group }) => {
    const copy = new Participant(account, device, deviceId)
    copy.group = group
    return copy
  })
  ;[owner, mallory] = [all[0]!, all[1]!]
  honest = all.filter((one) => one !== mallory)
})

const ROLES = [Role.OWNER, Role.ADMIN]
/** What only they can see who have the group's secrets, or its whole tree. */
const UNSEEN_BY_SERVICE = new Set(['duplicate-key', 'not-verified'])

type Fate = { readonly verdict: string; readonly digest: string }

/** What the commit means for one member; no member's group changes by what it refuses. */
async function fateFor(participant: Participant, commit: Uint8Array): Promise<Fate> {
  const before = mls.saveGroup(participant.group)
  const received = await mls.receive(participant.group, commit)
  expect(equalBytes(mls.saveGroup(participant.group), before)).toBe(true)
  const verdict = received.kind === 'refused' ? received.reason : received.kind
  if (received.kind !== 'commit') return { verdict, digest: '' }
  return { verdict, digest: Buffer.from(mls.view(received.group).epochDigest).toString('hex') }
}

async function judgedByService(commit: Uint8Array): Promise<string> {
  try {
    const verdict = await judgeHandshake(commit, contextOf(owner.group))
    return verdict.kind === 'refused' ? verdict.reason : 'commit'
  } catch (error) {
    if (error instanceof DecodeError) return 'malformed'
    throw error
  }
}

/** All say the same, but for whom it removes. @returns what they say */
async function commonVerdict(commit: Uint8Array): Promise<string> {
  const fates = await Promise.all(honest.map((participant) => fateFor(participant, commit)))
  const staying = fates.filter(({ verdict }) => verdict !== 'removed')
  expect(new Set(staying.map(({ verdict, digest }) => `${verdict} ${digest}`)).size).toBeLessThanOrEqual(1)
  const verdict = staying[0]?.verdict ?? 'removed'
  if (verdict !== 'commit') expect(staying).toHaveLength(fates.length)
  const service = await judgedByService(commit)
  if (!UNSEEN_BY_SERVICE.has(verdict)) expect(service).toBe(verdict)
  return verdict
}

async function everybodyRefuses(commit: Uint8Array, reason: string): Promise<void> {
  expect(await commonVerdict(commit)).toBe(reason)
}

function stateProposal(state: ChatState): Proposal {
  return setting(chatStateExtension(state))
}

/** With bytes that no honest program would write. */
function rawStateProposal(state: ChatState): Proposal {
  const { extensionType } = chatStateExtension(mallory.view.state)
  return setting({ extensionType, extensionData: encodeMessage(ChatStateSchema, state) })
}

function setting(extension: Extension): Proposal {
  return { proposalType: 'group_context_extensions', groupContextExtensions: { extensions: [extension] } }
}

/** A commit that the engine makes, with this as the new state. */
const committing = (state: ChatState, ...others: Proposal[]) =>
  lawlessCommit(mallory, [...others, stateProposal(state)])

const idOf = ({ account }: Participant) => AccountId.toBytes(account.accountId)

describe('A1 A3: who is listed is who comes in', () => {
  let dave: Participant
  let erin: Participant
  let daves: Proposal
  beforeEach(async () => {
    ;[dave, erin] = [await newParticipant(), await newParticipant()]
    daves = addProposal((await dave.newKeyPackage()).keyPackage)
  })

  test('an account is listed, and a device of another comes in', async () => {
    await everybodyRefuses(
      await committing(withMember(mallory.view.state, erin.account, Role.MEMBER), daves),
      'not-a-member',
    )
  })

  test('two come in and one is listed; none is listed', async () => {
    const erins = addProposal((await erin.newKeyPackage()).keyPackage)
    const state = withMember(mallory.view.state, erin.account, Role.MEMBER)
    await everybodyRefuses(await committing(state, daves, erins), 'not-a-member')
    await everybodyRefuses(await lawlessCommit(mallory, [daves]), 'not-a-member')
  })

  test('somebody goes out and stays listed, or is listed no more and stays', async () => {
    const [leaf] = mallory.leavesOf(honest[3]!.account.accountId)
    await everybodyRefuses(await lawlessCommit(mallory, [removeProposal(leaf!)]), 'no-right-to-remove')
    await everybodyRefuses(
      await committing(withoutMember(mallory.view.state, honest[3]!.account.accountId)),
      'left-behind',
    )
  })

  test('one account is listed twice, as no role that there is, or out of order', async () => {
    const { state } = mallory.view
    const [first, ...others] = state.members
    const lists = [
      [first!, ...state.members],
      [{ ...first!, role: 9 as Role }, ...others],
      [...others, first!],
    ]
    for (const members of lists) {
      const proposals = inline(rawStateProposal(changed(state, { members })))
      await everybodyRefuses(await signedCommit(mallory, { proposals, path: undefined }), 'malformed')
    }
  })

  test('a device comes in a second time by a commit that lists its account anew', async () => {
    const { keyPackage } = await (
      await newParticipant(honest[2]!.account, honest[2]!.deviceId)
    ).newKeyPackage()
    await everybodyRefuses(await lawlessCommit(mallory, [addProposal(keyPackage)]), 'duplicate-device')
  })
})

describe('over one’s own rank', () => {
  test('nobody makes themselves or another more than they are', async () => {
    const { state } = mallory.view
    for (const one of [mallory, honest[4]!])
      await everybodyRefuses(
        await committing(withMember(state, one.account, Role.OWNER)),
        'no-right-to-change-roles',
      )
  })

  test('no owner is put down, put out or banned by an admin, nor the last one’s role left empty', async () => {
    const { state } = mallory.view
    await everybodyRefuses(
      await committing(withMember(state, owner.account, Role.MEMBER)),
      'no-right-to-change-roles',
    )
    const [leaf] = mallory.leavesOf(owner.account.accountId)
    const without = withoutMember(state, owner.account.accountId)
    await everybodyRefuses(await committing(without, removeProposal(leaf!)), 'no-right-to-remove')
    const banned = changed(without, { bannedAccounts: [idOf(owner)] })
    await everybodyRefuses(await committing(banned, removeProposal(leaf!)), 'no-right-to-remove')
  })

  test('no right that owners have is given away, nor one taken from them', async () => {
    const { state } = mallory.view
    for (const rights of [{ keepHistory: Role.MEMBER }, { write: Role.OWNER }]) {
      const after = changed(state, { rights: create(RightsSchema, { ...state.rights!, ...rights }) })
      await everybodyRefuses(await committing(after), 'no-right-to-change-rights')
    }
  })

  test('a member does none of it', async () => {
    mallory = honest[5]!
    honest = honest.filter((one) => one !== mallory)
    const { state } = mallory.view
    const [leaf] = mallory.leavesOf(honest[4]!.account.accountId)
    const without = withoutMember(state, honest[4]!.account.accountId)
    await everybodyRefuses(await committing(without, removeProposal(leaf!)), 'no-right-to-remove')
    await everybodyRefuses(
      await committing(changed(state, { profileHash: new Uint8Array(32).fill(7) })),
      'no-right-to-rename',
    )
    const invite = await mls.newInvite(new Uint8Array(32).fill(7))
    await everybodyRefuses(await committing(changed(state, { invites: [invite] })), 'no-right-to-invite')
  })

  test('no rule is changed that no commit may change', async () => {
    const { state } = mallory.view
    await everybodyRefuses(await committing(changed(state, { incarnation: 1 })), 'fixed-field')
    await everybodyRefuses(await committing(changed(state, { policyVersion: 2 })), 'unknown-policy-version')
  })
})

describe('the wrong sender', () => {
  /** Says of another's commit that this leaf has sent it; signed by Mallory's key all the same. */
  async function sentBy(leafIndex: number): Promise<Uint8Array> {
    const { engine } = mallory.group
    const privatePath = { ...engine.privatePath, leafIndex }
    const poser = new Participant(mallory.account, mallory.device, mallory.deviceId)
    poser.group = { ...mallory.group, engine: { ...engine, privatePath } }
    return signedCommit(poser, { proposals: [], path: undefined })
  }

  test('is not the one who signs, nor a leaf that there is not', async () => {
    const [victim] = mallory.leavesOf(honest[2]!.account.accountId)
    const commit = await sentBy(victim!)
    for (const participant of honest)
      expect((await fateFor(participant, commit)).verdict).toBe('not-verified')
    for (const leaf of [8, 77, 2 ** 31, 2 ** 32 - 1]) {
      const forged = await sentBy(leaf)
      for (const participant of honest) {
        expect((await fateFor(participant, forged)).verdict).toBe('not-verified')
      }
    }
  })

  test('is nobody from outside', async () => {
    const made = decodeMlsMessage(await lawlessCommit(mallory, []), 0)![0]
    if (made.wireformat !== 'mls_public_message') throw new Error('not public')
    const { content } = made.publicMessage
    for (const sender of [
      { senderType: 'external' as const, senderIndex: 0 },
      { senderType: 'new_member_proposal' as const },
      { senderType: 'new_member_commit' as const },
    ]) {
      const { auth } = made.publicMessage
      const publicMessage = { content: { ...content, sender }, auth, senderType: sender.senderType }
      const forged = encodeMlsMessage({ ...made, publicMessage: publicMessage as never })
      for (const participant of honest) {
        const { verdict } = await fateFor(participant, forged)
        expect(['forbidden-proposal', 'not-verified']).toContain(verdict)
      }
    }
  })
})

describe('A10: a path that is broken for a part of the tree', () => {
  /** The commit's nth HPKE ciphertext is not what it must be: noise, or another secret. */
  async function brokenAt(wanted: number, how: 'noise' | 'other-secret') {
    let count = 0
    const hpke: CiphersuiteImpl['hpke'] = {
      ...suite.hpke,
      async seal(publicKey, plaintext, info, aad) {
        const isBroken = count++ === wanted
        const other = new Uint8Array(plaintext.length).fill(9)
        const sealed = await suite.hpke.seal(
          publicKey,
          isBroken && how === 'other-secret' ? other : plaintext,
          info,
          aad,
        )
        return isBroken && how === 'noise' ? { ...sealed, ct: sealed.ct.map((byte) => byte ^ 1) } : sealed
      },
    }
    const context = { state: signedBy(mallory.group, mallory.device), cipherSuite: { ...suite, hpke } }
    const made = await createCommit(context, { wireAsPublicMessage: true })
    expect(count).toBe(3)
    return encodeMlsMessage(made.commit)
  }

  test.each(['noise', 'other-secret'] as const)(
    'by %s stops just those whom it does not reach; they name who made it, and the others go on',
    async (how) => {
      const unreached: number[] = []
      for (let index = 0; index < 3; index++) {
        const commit = await brokenAt(index, how)
        expect(await judgedByService(commit)).toBe('commit')
        const followers: Participant[] = []
        const stopped: Participant[] = []
        for (const participant of honest) {
          const before = participant.group
          const received = await mls.receive(before, commit)
          if (received.kind === 'commit') {
            participant.group = received.group
            followers.push(participant)
            continue
          }
          expect(received).toMatchObject({ kind: 'refused', reason: 'not-verified' })
          expect(received).toMatchObject({ signer: { deviceId: mallory.deviceId } })
          stopped.push(participant)
        }
        everyoneAgrees(...followers)
        await everyoneCanReadEveryone(...followers)
        // Who was stopped still reads the epoch that it is in, and nothing of the next.
        await everyoneCanReadEveryone(...stopped)
        if (followers[0] && stopped[0])
          expect(await hear(stopped[0], await say(followers[0], 'on'))).toBe('refused: future')
        unreached.push(stopped.length)
        for (const [at, { group }] of beginning.entries())
          for (const one of honest) if (one.deviceId === beginning[at]!.deviceId) one.group = group
      }
      expect(unreached.toSorted((a, b) => a - b)).toEqual([1, 2, 4])
    },
  )
})

test('A11: what was said once is not said again, by the same bytes or in another epoch', async () => {
  const message = await say(mallory, 'once')
  for (const participant of honest) expect(await hear(participant, message)).toBe('once')
  for (const participant of honest) expect(await hear(participant, message)).toBe('refused: replayed')
  await commitAs(owner, {}, [mallory, ...honest.filter((one) => one !== owner)])
  for (const participant of honest) expect(await hear(participant, message)).toBe('refused: replayed')
})

test('A7: of two commits of one member for one epoch each member follows the first, whatever the second', async () => {
  const first = await lawlessCommit(mallory, [])
  const second = await lawlessCommit(mallory, [])
  for (const participant of honest) {
    const received = await mls.receive(participant.group, first)
    if (received.kind !== 'commit') throw new Error(received.kind)
    participant.group = received.group
    expect(await fateFor(participant, second)).toMatchObject({ verdict: 'stale' })
    expect(await fateFor(participant, first)).toMatchObject({ verdict: 'stale' })
  }
  everyoneAgrees(...honest)
})

test(`A1 A3 A6 A7: of ${RANDOM_COMMITS} random commits of a lawless member all others think alike`, {
  timeout: RANDOM_COMMITS * 3000,
}, async () => {
  const seed = seedFromEnvironment()
  process.stdout.write(`evil member: VECHE_SEED=${seed}\n`)
  const random = seededRandom(seed)
  const stranger = await newParticipant()
  const packages = [
    await stranger.newKeyPackage(),
    await (await newParticipant(honest[2]!.account)).newKeyPackage(),
    await (await newParticipant(honest[2]!.account, honest[2]!.deviceId)).newKeyPackage(),
    await honest[3]!.newKeyPackage(),
  ].map(({ keyPackage }) => keyPackage)
  const verdicts = new Map<string, number>()
  for (let number = 0; number < RANDOM_COMMITS; number++) {
    mallory = random.pick(honest)
    honest = [...beginning].filter(({ deviceId }) => deviceId !== mallory.deviceId)
    const commit = await randomCommit(random, packages, stranger)
    const verdict = await commonVerdict(commit)
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
  }
  process.stdout.write(`evil member: ${JSON.stringify(Object.fromEntries(verdicts))}\n`)
  expect(verdicts.size).toBeGreaterThan(8)
  expect(verdicts.get('commit')).toBeGreaterThan(0)
})

async function randomCommit(
  random: Random,
  packages: readonly Uint8Array[],
  stranger: Participant,
): Promise<Uint8Array> {
  const proposals: Proposal[] = []
  for (let count = random.below(3); count > 0; count--) proposals.push(randomProposal(random, packages))
  if (random.below(2) === 0) proposals.push(stateProposal(randomState(random, stranger)))
  const evidence = random.below(8) === 0 ? random.bytes(random.below(40)) : new Uint8Array()
  const withPath = random.below(4) > 0
  if (withPath) {
    // The engine refuses to make some of them; then they are only signed.
    const made = await lawlessCommit(mallory, proposals, evidence).catch(() => undefined)
    if (made) return made
  }
  return signedCommit(mallory, { proposals: inline(...proposals), path: undefined }, evidence)
}

function randomProposal(random: Random, packages: readonly Uint8Array[]): Proposal {
  const psk = { psktype: 'external' as const, pskId: utf8('x'), pskNonce: new Uint8Array(32) }
  switch (random.below(6)) {
    case 0:
      return { proposalType: 'psk', psk: { preSharedKeyId: psk } }
    case 1:
      return { proposalType: 0xf0ff, proposalData: random.bytes(3) }
    case 2:
    case 3:
      return removeProposal(random.below(9))
    default:
      return addProposal(random.pick(packages))
  }
}

function randomState(random: Random, stranger: Participant): ChatState {
  const { state } = mallory.view
  const role = random.pick([Role.READER, Role.MEMBER, Role.ADMIN, Role.OWNER])
  const target = random.pick(beginning)
  const changes: (() => ChatState)[] = [
    () => state,
    () => withMember(state, stranger.account, role),
    () => withMember(state, target.account, role),
    () => withoutMember(state, target.account.accountId),
    () => changed(state, { bannedAccounts: [idOf(target)] }),
    () => changed(withoutMember(state, target.account.accountId), { bannedAccounts: [idOf(target)] }),
    () => changed(state, { profileHash: random.bytes(32) }),
    () => changed(state, { revokedDevices: [random.bytes(16)] }),
    () => changed(state, { rights: create(RightsSchema, { ...state.rights!, write: role, add: role }) }),
    () => changed(state, { incarnation: random.below(2) }),
  ]
  return random.pick(changes)()
}
