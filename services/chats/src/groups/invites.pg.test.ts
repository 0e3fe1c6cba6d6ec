import { randomBytes } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import { newInvite, receive, view, withJoiners } from '@veche/mls'
import { AccountId } from '@veche/protocol'
import { EntryKind, InviteTermsSchema, type LiveInvite } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type Invite, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { askForRotation, KeyRing } from '@veche/service-kit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type TestGroup, withRoles } from '../testing/group.ts'
import { type Person, withNewDevice } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { startTestService, type TestService } from '../testing/test-service.ts'
import { gather } from '../testing/trio.ts'

const DAY_MS = 24 * 60 * 60 * 1000

let service: TestService
let alice: Person
let bob: Person
let carol: Person
let group: TestGroup
let seed: Uint8Array
let invite: Invite

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  ;({ alice, bob, carol, group } = await gather(service, 'forbidden'))
  seed = randomBytes(32)
  invite = await newInvite(seed)
})

/** Alice's link comes to live. */
async function offer(terms?: { lastsMs?: bigint; maxUses?: number }): Promise<void> {
  const made = await group.commit(alice, [], { state: { ...group.state, invites: [invite] } })
  if (terms) made.handshake.inviteTerms = [create(InviteTermsSchema, { inviteId: invite.id, ...terms })]
  await group.append(alice, made.handshake)
  await group.took(alice, made)
}

const fetchAs = (person: Person, inviteId: Uint8Array = invite.id) =>
  service.as(person).fetchInvite({ chatId: group.id, inviteId })
const listAs = async (person: Person) => (await service.as(person).listInvites({ chatId: group.id })).invites

test('M13 who joins by a link writes and reads, is in the group’s lists, and is written down later', async () => {
  await offer()
  const offered = await fetchAs(bob)
  expect(offered.sealedKey).toHaveLength(112)
  expect(offered.joinInfoCiphertext).toHaveLength(1000)
  const { position, previousLogHash } = await group.join(bob, seed)
  expect(position).toBe(3n)
  expect(previousLogHash).toHaveLength(32)
  const { entries } = await service.as(alice).listEntries({ chatId: group.id, after: 2n })
  expect(entries[0]).toMatchObject({ kind: EntryKind.COMMIT, accountId: AccountId.toBytes(bob.accountId) })
  expect((await service.as(bob).listChats({})).chats).toMatchObject([{ chatId: group.id, head: 3n }])
  const { accounts } = await service.as(alice).listChatDevices({ chatId: group.id })
  expect(accounts.map(({ person }) => person!.handle).sort()).toEqual([alice.handle, bob.handle])
  await group.write(bob)
  await group.write(alice)
  await group.join(carol, seed)
  await group.change(carol, [], { state: withJoiners(view(group.of(carol))) })
  expect(group.state.members).toHaveLength(3)
  await group.write(bob)
})

test('M13 a joiner whose role may not write is refused from its first message on', async () => {
  const rights = { ...group.state.rights!, joinerRole: Role.READER }
  await group.change(alice, [], { state: { ...group.state, rights } })
  await offer()
  await group.join(bob, seed)
  expect(await refusalOf(group.forgeMessage(bob))).toBe('PermissionDenied not_allowed')
  await service.restart()
  expect(await refusalOf(group.forgeMessage(bob))).toBe('PermissionDenied not_allowed')
})

test('A5 the same bytes answer the same, and another epoch or another leaf makes a proof worthless', async () => {
  await offer()
  const old = await group.joinBy(bob, seed)
  const messageId = randomBytes(16)
  const laptop = await withNewDevice(bob)
  service.accounts.add(laptop)
  expect(await refusalOf(group.sendJoin(laptop, old.handshake))).toBe('InvalidArgument commit_invalid')
  expect(await refusalOf(group.sendJoin(carol, old.handshake))).toBe('InvalidArgument commit_invalid')
  const answers = await Promise.all([1, 2, 3].map(() => group.sendJoin(bob, old.handshake, messageId)))
  expect(new Set(answers.map(({ position }) => position))).toEqual(new Set([3n]))
  await group.took(bob, { ...old, joined: async () => old.next })
  await group.change(alice, [], {})
  expect((await group.sendJoin(bob, old.handshake, messageId)).position).toBe(3n)
  expect(await refusalOf(group.sendJoin(bob, old.handshake))).toBe('Aborted epoch_conflict')
})

test('A5 two at once: one wins the epoch, and the other joins after it', async () => {
  await offer()
  const made = [await group.joinBy(bob, seed), await group.joinBy(carol, seed)]
  const sent = [group.sendJoin(bob, made[0]!.handshake), group.sendJoin(carol, made[1]!.handshake)]
  const outcomes = await Promise.allSettled(sent)
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const winner = outcomes[0]!.status === 'fulfilled' ? 0 : 1
  await group.took([bob, carol][winner]!, { ...made[winner]!, joined: async () => made[winner]!.next })
  await group.join([carol, bob][winner]!, seed)
})

test('A5 a wrong seed, a revoked link and a link of before are refused by the server and by members', async () => {
  await offer()
  const early = await group.joinBy(bob, seed)
  const [other, known] = [randomBytes(32), group.groupInfo]
  await expect(group.joinBy(bob, other)).rejects.toThrow('no longer alive')
  await group.change(alice, [], { state: { ...group.state, invites: [] } })
  expect(await refusalOf(fetchAs(bob))).toBe('NotFound invite_unknown')
  expect(await refusalOf(group.sendJoin(bob, early.handshake))).toBe('Aborted epoch_conflict')
  expect(await receive(group.of(alice), early.handshake.commit)).toMatchObject({ kind: 'refused' })
  await expect(group.joinBy(bob, seed)).rejects.toThrow('no longer alive')
  expect(known).not.toEqual(group.groupInfo)
  expect(await listAs(alice)).toEqual([])
  const rows = await service.database.query('SELECT FROM join_offers WHERE chat_id = $1', [group.id])
  expect(rows.rowCount).toBe(0)
})

test('A5 a commit whose proof is of another key is refused, whatever the invite’s id', async () => {
  const wrongSeed = randomBytes(32)
  const wrong = await newInvite(wrongSeed)
  // Another history of the same epoch, where the forger's own keys stand for that id.
  const { groupInfo } = await group.commit(alice, [], { state: { ...group.state, invites: [wrong] } })
  invite = { ...invite, id: wrong.id }
  await offer()
  const { handshake } = await group.joinBy(bob, wrongSeed, groupInfo)
  expect(await refusalOf(group.sendJoin(bob, handshake))).toBe('PermissionDenied not_allowed')
  expect(await receive(group.of(alice), handshake.commit)).toMatchObject({ kind: 'refused' })
})

test('M13 uses are counted by account in the very transaction', async () => {
  await offer({ maxUses: 1 })
  const laptop = await withNewDevice(bob)
  service.accounts.add(laptop)
  await group.join(bob, seed)
  expect(await listAs(alice)).toMatchObject([{ uses: 1, maxUses: 1 }])
  expect(await refusalOf(fetchAs(carol))).toBe('FailedPrecondition invite_used_up')
  const { handshake } = await group.joinBy(carol, seed)
  expect(await refusalOf(group.sendJoin(carol, handshake))).toBe('FailedPrecondition invite_used_up')
  await group.join(laptop, seed)
  expect(await listAs(alice)).toMatchObject([{ uses: 1 }])
})

test('M13 an invite lasts as long as its terms say, seven days by default', async () => {
  await offer()
  const [{ expiresAtMs, maxUses }] = (await listAs(alice)) as [LiveInvite]
  expect(maxUses).toBe(1000)
  expect(Number(expiresAtMs) - service.clock.nowMs()).toBe(7 * DAY_MS)
  await group.change(alice, [], {})
  expect(await listAs(alice)).toMatchObject([{ expiresAtMs }]) // a further commit lengthens nothing
  const { handshake } = await group.joinBy(bob, seed)
  service.clock.advance(7 * DAY_MS)
  expect(await refusalOf(fetchAs(bob))).toBe('FailedPrecondition invite_expired')
  expect(await refusalOf(group.sendJoin(bob, handshake))).toBe('FailedPrecondition invite_expired')
})

test('M13 terms are for new invites, once, and in bounds', async () => {
  const refused = 'InvalidArgument commit_invalid'
  expect(await refusalOf(offer({ lastsMs: 1n }))).toBe(refused)
  expect(await refusalOf(offer({ lastsMs: -1n }))).toBe(refused)
  expect(await refusalOf(offer({ lastsMs: BigInt(91 * DAY_MS) }))).toBe(refused)
  expect(await refusalOf(offer({ maxUses: 1001 }))).toBe(refused)
  await offer({ lastsMs: BigInt(DAY_MS), maxUses: 2 })
  expect(await refusalOf(offer({ maxUses: 2 }))).toBe(refused)
})

test('M13 every commit offers to join to exactly the live invites', async () => {
  await offer()
  const refused = 'InvalidArgument commit_invalid'
  const made = await group.commit(alice, [], {})
  const [own] = made.handshake.groupInfos
  const foreign = { ...own!, inviteId: randomBytes(16) }
  const short = { ...own!, ciphertext: randomBytes(79) }
  const wrong = [
    { groupInfos: [] },
    { joinInfoCiphertext: new Uint8Array() },
    { groupInfos: [foreign] },
    { groupInfos: [own!, own!] },
    { groupInfos: [short] },
    { groupInfos: [], joinInfoCiphertext: new Uint8Array() },
  ]
  for (const change of wrong)
    expect(await refusalOf(group.append(alice, { ...made.handshake, ...change }))).toBe(refused)
  await group.append(alice, made.handshake)
  await group.took(alice, made)
  const join = await group.joinBy(bob, seed)
  for (const change of wrong)
    expect(await refusalOf(group.sendJoin(bob, { ...join.handshake, ...change }))).toBe(refused)
  const offered = await fetchAs(bob)
  expect(Buffer.from(offered.sealedKey)).toEqual(Buffer.from(own!.ciphertext))
})

test('M13 who was banned cannot come by a link, who was removed can', async () => {
  await offer()
  await group.join(bob, seed)
  await group.join(carol, seed)
  const written = withJoiners(view(group.of(alice)))
  await group.change(alice, [], { state: written })
  const without = withRoles(group.state, [bob, undefined], [carol, undefined])
  const state = { ...without, bannedAccounts: [AccountId.toBytes(bob.accountId)] }
  const info = group.groupInfo
  await group.change(alice, [], { remove: [...group.leavesOf(bob), ...group.leavesOf(carol)], state })
  expect(await refusalOf(fetchAs(bob))).toBe('PermissionDenied not_allowed')
  await expect(group.joinBy(bob, seed)).rejects.toThrow()
  expect(info).not.toEqual(group.groupInfo)
  await group.join(carol, seed)
  await group.write(carol)
})

test('M13 invites are listed for who may make them, and for nobody else', async () => {
  await offer()
  await group.join(bob, seed)
  expect(await refusalOf(listAs(bob))).toBe('PermissionDenied not_allowed')
  expect(await refusalOf(listAs(carol))).toBe('NotFound chat_unknown')
  const { handshake } = await group.forge(bob, [], {
    state: { ...withJoiners(view(group.of(bob))), invites: [] },
  })
  expect(await refusalOf(group.append(bob, handshake))).toBe('PermissionDenied not_allowed')
})

test('A5 what is asked by guess is unknown, and an account asks only so often', async () => {
  await using limited = await startTestService({ unlimited: false })
  limited.accounts.add(bob)
  const guess = () => limited.as(bob).fetchInvite({ chatId: group.id, inviteId: randomBytes(16) })
  for (let asked = 0; asked < 60; asked++) expect(await refusalOf(guess())).toBe('NotFound invite_unknown')
  expect(await refusalOf(guess())).toBe('ResourceExhausted too_many_calls')
})

test('M15 what is kept for joiners goes on under a new data key', async () => {
  await offer()
  const before = await fetchAs(bob)
  const keyOf = async () => {
    const { rows } = await service.database.query<{ key: Buffer }>(
      'SELECT substring(offer FROM 1 FOR 9) AS key FROM join_offers WHERE chat_id = $1',
      [group.id],
    )
    return rows[0]!.key
  }
  const key = await keyOf()
  await askForRotation(service.database, KeyRing.of([new Uint8Array(32).fill(7)]).current.id)
  const [resealer] = service.service.resealers!
  await resealer!.reseal(group.id, async () => {})
  expect(await fetchAs(bob)).toEqual(before)
  expect(await keyOf()).not.toEqual(key)
})
