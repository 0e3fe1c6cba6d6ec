/** Which group may carry on the chat of another, as a device knows that (A1; docs/decisions/healing.md). */
import { AccountId, ChatId, DeviceId, randomId } from '@veche/protocol'
import { type ChatState, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { beforeAll, expect, test } from 'vitest'
import { decodeBeginning, nextBeginning } from './beginning.ts'
import * as mls from './index.ts'
import { groupState, newParticipant, type Participant, startChat } from './testing/chat.ts'

let ann: Participant
let ben: Participant
let carol: Participant
let eve: Participant
let last: mls.GroupView

beforeAll(async () => {
  ;[ann, ben, carol, eve] = (await Promise.all([1, 2, 3, 4].map(() => newParticipant()))) as [
    Participant,
    Participant,
    Participant,
    Participant,
  ]
  const state = groupState([
    [ann.account, Role.OWNER],
    [ben.account, Role.MEMBER],
    [carol.account, Role.MEMBER],
  ])
  await startChat(state, ann, ben, carol)
  last = mls.view(ann.group)
})

const next = (change: (state: ChatState) => Partial<ChatState> = () => ({}), members = last.members) => {
  const state = mls.successorState(last)
  return { chatId: last.chatId, members, state: { ...state, ...change(state) } }
}
const judge = (successor: ReturnType<typeof next>, creator: Participant, gone: readonly Participant[] = []) =>
  mls.judgeSuccessor(
    last,
    successor,
    creator.account.accountId,
    new Set(gone.map(({ account }) => account.accountId)),
  )
const bytesOf = ({ account }: Participant) => AccountId.toBytes(account.accountId)
const without = (state: ChatState, one: Participant) =>
  state.members.filter(({ accountId }) => !accountId.every((byte, at) => byte === bytesOf(one)[at]))
const leafOf = (one: Participant) => ({
  ...last.members[0]!,
  leaf: 9,
  accountId: one.account.accountId,
  deviceId: one.deviceId,
})

test('any member may begin the chat anew with the people and the rules that it had', () => {
  for (const creator of [ann, ben, carol]) expect(judge(next(), creator)).toBeUndefined()
  // A device of a member that was not in the tree, and one that is left out: they come in later anyway.
  expect(judge(next(undefined, last.members.slice(0, 2)), ben)).toBeUndefined()
})

test('the successor’s epochs are later than all before, and who is welcomed is told where the log goes on', async () => {
  const firstEpoch = last.epoch + 64n
  const beginning = { kept: 7n, keptHash: new Uint8Array(32).fill(7), position: nextBeginning(9n) }
  const group = await mls.create(ben.device, {
    chatId: last.chatId,
    state: mls.successorState(last),
    firstEpoch,
  })
  const packages = await Promise.all([ann, carol].map((one) => one.newKeyPackage()))
  const add = packages.map(({ keyPackage }) => keyPackage)
  const made = await mls.commit(group, ben.device, { add, beginning })
  const joined = await mls.join(carol.device, made.welcome!, (wanted) =>
    carol.privateParts.get(wanted.toString()),
  )
  expect(joined).toMatchObject({ beginning, addedBy: { accountId: ben.account.accountId } })
  expect(mls.view(joined.group)).toMatchObject({
    epoch: firstEpoch + 1n,
    epochDigest: mls.view(made.next).epochDigest,
  })
  expect(judge({ ...next(), members: mls.view(joined.group).members }, ben)).toBeUndefined()
})

test('A1 nobody comes in who was not in it, by whoever’s word, and no device that was revoked', () => {
  const withEve = (state: ChatState) => ({
    members: [...state.members, { ...state.members[0]!, accountId: bytesOf(eve), role: Role.OWNER }],
  })
  expect(judge(next(withEve), ben)).toBe('no-right-to-add')
  expect(judge(next(withEve), ann, [eve])).toBe('brought-back')
  expect(judge(next(undefined, [...last.members, leafOf(eve)]), ann)).toBe('brought-back')
  const revoked = last.members[1]!.deviceId
  const revoking = (state: ChatState) => ({
    revokedDevices: [...state.revokedDevices, DeviceId.toBytes(revoked)],
  })
  const known = { ...last, state: { ...last.state, ...revoking(last.state) } }
  const keeping = { ...next(), state: mls.successorState(known) }
  expect(mls.judgeSuccessor(known, keeping, ann.account.accountId)).toBe('revoked-device')
})

test('A1 an older state brings nobody back: bans and revocations that are known stay', () => {
  const banned = { ...last.state, members: without(last.state, carol), bannedAccounts: [bytesOf(carol)] }
  const known = { ...last, state: banned, members: last.members.slice(0, 2) }
  for (const creator of [ann, ben])
    expect(mls.judgeSuccessor(known, next(), creator.account.accountId)).toBe('brought-back')
  const unbanned = next((state) => ({ members: without(state, carol), bannedAccounts: [] }), known.members)
  expect(mls.judgeSuccessor(known, unbanned, ann.account.accountId)).toBe('forgets')
  const device = DeviceId.toBytes(randomId(DeviceId))
  const forgetful = { ...last, state: { ...last.state, revokedDevices: [device] } }
  expect(mls.judgeSuccessor(forgetful, next(), ann.account.accountId)).toBe('forgets')
})

test('A1 who knows of more brings it along as far as they could have done it themselves', () => {
  const banning = next(
    (state) => ({ members: without(state, carol), bannedAccounts: [bytesOf(carol)] }),
    last.members.filter(({ accountId }) => accountId !== carol.account.accountId),
  )
  expect(judge(banning, ann)).toBeUndefined()
  expect(judge(banning, ben)).toBe('no-right-to-remove')
  const coup = next((state) => ({
    members: state.members.map((member) => ({ ...member, role: Role.OWNER })),
  }))
  expect(judge(coup, ben)).toBe('no-right-to-change-roles')
  const looser = next((state) => ({ rights: { ...state.rights!, remove: Role.MEMBER } }))
  expect(judge(looser, ben)).toBe('no-right-to-change-rights')
  expect(judge(looser, ann)).toBeUndefined()
  const another = last.members.find(({ accountId }) => accountId === carol.account.accountId)!.deviceId
  const locking = next(
    (state) => ({ revokedDevices: [...state.revokedDevices, DeviceId.toBytes(another)] }),
    last.members.slice(0, 2),
  )
  expect(judge(locking, ann)).toBe('unfounded-revocation')
  expect(judge(locking, carol)).toBeUndefined()
})

test('A1 neither by a stranger, nor of another chat, nor of an incarnation that is past', () => {
  expect(judge(next(), eve)).toBe('not-a-member')
  expect(judge({ ...next(), chatId: randomId(ChatId) }, ann)).toBe('another-chat')
  expect(
    judge(
      next(() => ({ incarnation: last.state.incarnation })),
      ann,
    ),
  ).toBe('not-later')
})

test('where a log goes on is a place that no device has been to', async () => {
  expect([0n, 1n, (1n << 20n) - 1n, 1n << 20n].map(nextBeginning)).toEqual([
    2n << 20n,
    2n << 20n,
    2n << 20n,
    3n << 20n,
  ])
  const group = await mls.create(ann.device, { chatId: last.chatId, state: mls.successorState(last) })
  const whole = { kept: 7n, keptHash: new Uint8Array(32), position: 1n << 20n }
  for (const wrong of [
    { kept: 0n },
    { position: 8n },
    { position: 0n },
    { keptHash: new Uint8Array(31) },
    { kept: 1n << 20n },
  ])
    await expect(mls.commit(group, ann.device, { beginning: { ...whole, ...wrong } })).rejects.toThrow(
      'beginning',
    )
  expect(() => decodeBeginning(new Uint8Array(65))).toThrow()
})
