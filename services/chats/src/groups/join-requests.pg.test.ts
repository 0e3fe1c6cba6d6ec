import { randomBytes } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import { newInvite, view } from '@veche/mls'
import { AccountId } from '@veche/protocol'
import { Answer, ChatType, InviteTermsSchema, RequestStatus } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type Invite, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createContext } from '../context.ts'
import { maintain } from '../maintenance.ts'
import { type TestGroup, withRoles } from '../testing/group.ts'
import { itemsOf } from '../testing/inbox.ts'
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
  // Key packages are looked at by the engine's own clock, too.
  service.clock.advance(Date.now() - service.clock.nowMs())
  ;({ alice, bob, carol, group } = await gather(service, 'forbidden'))
  group.nowMs = () => service.clock.nowMs()
  seed = randomBytes(32)
  invite = { ...(await newInvite(seed)), approve: true }
})

const { PENDING, REFUSED, OPEN, ENDED } = RequestStatus
const idOf = ({ accountId }: Person) => AccountId.toBytes(accountId)

/** Alice's links come to live. */
async function offer(terms?: { lastsMs?: bigint; maxUses?: number }, ...others: Invite[]): Promise<void> {
  const made = await group.commit(alice, [], { state: { ...group.state, invites: [invite, ...others] } })
  if (terms) made.handshake.inviteTerms = [create(InviteTermsSchema, { inviteId: invite.id, ...terms })]
  await group.append(alice, made.handshake)
  await group.took(alice, made)
}

const listed = (person: Person) => service.as(person).listRequests({})
const waitingFor = async (person: Person) =>
  (await service.as(person).listChatDevices({ chatId: group.id })).joinRequests
const refuse = (person: Person, requestId: Uint8Array) =>
  service.as(person).answerRequest({ requestId, answer: Answer.REFUSE })

/** Alice lets somebody in, and everybody follows. */
async function admit(asker: Person, asked: Awaited<ReturnType<typeof group.ask>>, role = Role.MEMBER) {
  const made = await group.letIn(alice, asker, { made: asked.made, inviteId: invite.id, role })
  await group.append(alice, made.handshake)
  await group.took(alice, made)
  return made
}

test('M13 who opens an approving link is shown to who may let them in, and comes in by a Welcome with proof', async () => {
  await offer({ maxUses: 1 })
  service.accounts.setPolicy(carol, 'allowed')
  await group.add(alice, Role.MEMBER, carol)
  const link = { chatId: group.id, inviteId: invite.id }
  expect(await service.as(bob).fetchInvite(link)).toMatchObject({
    byRequest: true,
    joinInfoCiphertext: new Uint8Array(),
    sealedKey: new Uint8Array(),
  })
  const asked = await group.ask(bob, seed)
  expect(asked.status).toBe(PENDING)
  const { requestId, joinRequest } = asked
  const shown = {
    requestId,
    status: PENDING,
    type: ChatType.GROUP,
    groupId: group.id,
    inviteId: invite.id,
    joinRequest,
    from: { handle: bob.handle, displayName: bob.displayName },
  }
  expect((await listed(alice)).incoming).toMatchObject([shown])
  const requests = await itemsOf(service, alice, 'request')
  expect(requests).toMatchObject([{ value: shown }])
  expect((await listed(carol)).incoming).toEqual([]) // she may not add anybody
  expect(await itemsOf(service, carol, 'request')).toEqual([])
  expect(await waitingFor(alice)).toEqual([]) // a person is to answer it
  const outgoing = { requestId, groupId: group.id, join: true, handle: '', status: PENDING }
  expect((await listed(bob)).outgoing).toMatchObject([outgoing])
  const allowed = await service.as(alice).answerRequest({ requestId, answer: Answer.ALLOW })
  expect(allowed.status).toBe(PENDING) // it takes a commit

  const made = await admit(bob, asked)
  const [welcome] = await itemsOf(service, bob, 'welcome')
  expect(welcome?.value).toMatchObject({
    welcome: made.handshake.welcome,
    admissions: [{ accountId: idOf(bob), inviteId: invite.id, proof: made.handshake.admissions[0]!.proof }],
  })
  for (const person of [alice, bob])
    expect(await listed(person)).toMatchObject({ incoming: [], outgoing: [] })
  const { invites } = await service.as(alice).listInvites({ chatId: group.id })
  expect(invites).toMatchObject([{ uses: 1 }])
  expect((await group.ask(bob, seed)).status).toBe(OPEN)
})

test('M13 a link for a role alone: the devices of who may give it are told to carry it out', async () => {
  invite = { ...(await newInvite(seed)), role: Role.ADMIN }
  await offer()
  service.accounts.setPolicy(carol, 'allowed')
  await group.add(alice, Role.ADMIN, carol)
  const rights = { ...group.state.rights!, add: Role.MEMBER }
  await group.change(alice, [], { state: { ...withRoles(group.state, [carol, Role.MEMBER]), rights } })
  const asked = await group.ask(bob, seed)
  expect(await waitingFor(alice)).toMatchObject([
    { joinRequest: asked.joinRequest, person: { handle: bob.handle } },
  ])
  expect(await waitingFor(carol)).toEqual([]) // she adds people, but no admin
  const isTold = async (person: Person) => (await itemsOf(service, person, 'devicesChanged')).length > 0
  expect([await isTold(alice), await isTold(carol)]).toEqual([true, false])
  expect((await listed(alice)).incoming).toEqual([])
  await admit(bob, asked, Role.ADMIN)
  expect(await waitingFor(alice)).toEqual([])
})

test('M13 a refusal is told, and is final for 30 days by any link into the group', async () => {
  const other = randomBytes(32)
  await offer({ lastsMs: BigInt(80 * DAY_MS) }, { ...(await newInvite(other)), approve: true })
  const asked = await group.ask(bob, seed)
  expect((await refuse(alice, asked.requestId)).status).toBe(REFUSED)
  const answer = { requestId: asked.requestId, status: REFUSED, groupId: group.id, join: true }
  await expect
    .poll(() => itemsOf(service, bob, 'answer'), { timeout: 60_000 })
    .toMatchObject([{ value: answer }])
  expect((await listed(alice)).incoming).toEqual([])
  expect((await group.ask(bob, other)).status).toBe(REFUSED)
  const made = await group.letIn(alice, bob, { ...asked, inviteId: invite.id, role: Role.MEMBER })
  expect(await refusalOf(group.append(alice, made.handshake))).toBe('PermissionDenied not_allowed')
  service.clock.advance(30 * DAY_MS)
  const again = await group.asking(bob, seed)
  const late = service.as(bob).requestJoin({ chatId: group.id, joinRequest: again.joinRequest })
  expect((await late).status).toBe(PENDING)
})

test('M13 only who may let them in answers, and only what is asked of their group', async () => {
  await offer()
  service.accounts.setPolicy(carol, 'allowed')
  await group.add(alice, Role.MEMBER, carol)
  const { requestId } = await group.ask(bob, seed)
  for (const person of [carol, bob])
    expect(await refusalOf(refuse(person, requestId))).toBe('NotFound request_unknown')
  expect((await listed(bob)).outgoing).toMatchObject([{ status: PENDING }])
})

test('M13 what is asked ends with its link, when that is taken back, used up or expired; and with a ban', async () => {
  await offer({ maxUses: 1, lastsMs: BigInt(DAY_MS) })
  const statusFor = async (person: Person) => (await listed(person)).outgoing.map(({ status }) => status)
  const [first] = [await group.ask(bob, seed), await group.ask(carol, seed)]
  await admit(bob, first)
  expect(await statusFor(carol)).toEqual([ENDED])
  await expect
    .poll(() => itemsOf(service, carol, 'answer'), { timeout: 60_000 })
    .toMatchObject([{ value: { status: ENDED, join: true } }])
  expect(await refusalOf(group.ask(carol, seed))).toBe('FailedPrecondition invite_used_up')

  const others = [randomBytes(32), randomBytes(32), randomBytes(32)]
  const invites = await Promise.all(others.map(async (one) => ({ ...(await newInvite(one)), approve: true })))
  await group.change(alice, [], { state: { ...group.state, invites } })
  expect((await group.ask(carol, others[0]!)).status).toBe(PENDING) // nobody has refused her
  await group.change(alice, [], { state: { ...group.state, invites: invites.slice(1) } })
  expect(await statusFor(carol)).toEqual([ENDED])
  expect(await refusalOf(group.ask(carol, others[0]!))).toBe('NotFound invite_unknown')

  await group.ask(carol, others[1]!)
  service.clock.advance(7 * DAY_MS)
  await maintain(await createContext(service.serviceContext))
  expect(await statusFor(carol)).toEqual([ENDED])
  expect(await refusalOf(group.ask(carol, others[1]!))).toBe('FailedPrecondition invite_expired')

  const last = randomBytes(32)
  const live = { ...(await newInvite(last)), approve: true }
  await group.change(alice, [], { state: { ...group.state, invites: [live] } })
  const made = await group.asking(carol, last)
  await service.as(carol).requestJoin({ chatId: group.id, joinRequest: made.joinRequest })
  await group.change(alice, [], { state: { ...group.state, bannedAccounts: [idOf(carol)] } })
  expect(await statusFor(carol)).toEqual([ENDED])
  expect(await refusalOf(group.ask(carol, last))).toBe('PermissionDenied not_allowed')
})

test('A5 who is to ask does not join by themselves, and a request is of the device that sends it', async () => {
  const [free, other] = [randomBytes(32), randomBytes(32)]
  const { groupInfo } = await group.commit(alice, [], {
    state: { ...group.state, invites: [await newInvite(seed)] },
  })
  await offer(undefined, await newInvite(free))
  // Another history of the same epoch, where the link demands nothing.
  const byLink = await group.joinBy(bob, seed, groupInfo)
  byLink.handshake.groupInfos = byLink.handshake.groupInfos.map((info) => ({
    ...info,
    inviteId: view(group.of(alice)).state.invites.find(({ approve }) => !approve)!.id,
  }))
  byLink.handshake.wrappedProfileKey = randomBytes(60 + 2 * 32)
  expect(await refusalOf(group.sendJoin(bob, byLink.handshake))).toBe('PermissionDenied not_allowed')

  const invalid = 'InvalidArgument join_request_invalid'
  const { joinRequest } = await group.asking(bob, seed)
  const send = (person: Person, bytes: Uint8Array) =>
    service.as(person).requestJoin({ chatId: group.id, joinRequest: bytes })
  expect(await refusalOf(send(carol, joinRequest))).toBe(invalid)
  const laptop = await withNewDevice(bob)
  service.accounts.add(laptop)
  expect(await refusalOf(send(laptop, joinRequest))).toBe(invalid)
  expect(await refusalOf(send(bob, joinRequest.subarray(1)))).toBe(invalid)
  expect(await refusalOf(send(bob, randomBytes(9000)))).toBe(invalid)
  const forged = Uint8Array.from(joinRequest)
  forged[forged.length - 1]! ^= 1
  expect(await refusalOf(send(bob, forged))).toBe(invalid)
  expect(await refusalOf(group.ask(bob, free))).toBe(invalid) // one joins at once by that
  expect(await refusalOf(group.ask(bob, other))).toBe('NotFound invite_unknown')
  expect((await send(bob, joinRequest)).status).toBe(PENDING)
  expect((await send(bob, joinRequest)).status).toBe(PENDING)
})

test('M11 a commit lets in by a link just those who have asked by it, each with a proof', async () => {
  const other = randomBytes(32)
  const second = { ...(await newInvite(other)), approve: true }
  await offer(undefined, second)
  const asked = await group.ask(bob, seed)
  const terms = { made: asked.made, inviteId: invite.id, role: Role.MEMBER }
  const made = await group.letIn(alice, bob, terms)
  const [admission] = made.handshake.admissions
  const wrong = [
    { admissions: [], refusal: 'PermissionDenied not_allowed' },
    { admissions: [{ ...admission!, inviteId: second.id }], refusal: 'PermissionDenied not_allowed' },
    { admissions: [admission!, admission!], refusal: 'InvalidArgument commit_invalid' },
    { admissions: [{ ...admission!, accountId: idOf(carol) }], refusal: 'InvalidArgument commit_invalid' },
    {
      admissions: [{ ...admission!, accountId: randomBytes(31) }],
      refusal: 'InvalidArgument commit_invalid',
    },
    { admissions: [{ ...admission!, proof: randomBytes(31) }], refusal: 'InvalidArgument commit_invalid' },
  ]
  for (const { admissions, refusal } of wrong)
    expect(await refusalOf(group.append(alice, { ...made.handshake, admissions }))).toBe(refusal)
  const stranger = await group.asking(carol, seed)
  const uncalled = await group.letIn(alice, carol, { ...terms, made: stranger.made })
  expect(await refusalOf(group.append(alice, uncalled.handshake))).toBe('PermissionDenied not_allowed')
  await group.append(alice, made.handshake)
})

test('B6 an account asks only so much at once, whatever it asks', async () => {
  await using limited = await startTestService({ unlimited: false })
  limited.accounts.add(bob)
  const guess = () => limited.as(bob).requestJoin({ chatId: group.id, joinRequest: Uint8Array.of(255) })
  for (let asked = 0; asked < 100; asked++)
    expect(await refusalOf(guess())).toBe('InvalidArgument join_request_invalid')
  expect(await refusalOf(guess())).toBe('ResourceExhausted too_many_requests')
})

test('M13 who has asked takes it back: nobody is shown it, nobody lets them in by it, and they may ask again', async () => {
  await offer()
  const laptop = await withNewDevice(bob)
  service.accounts.add(laptop)
  const withdraw = (person: Person, requestId: Uint8Array) => service.as(person).withdrawJoin({ requestId })
  const asked = await group.ask(bob, seed)
  const { requestId } = asked
  for (const id of [requestId, randomBytes(16), randomBytes(3), new Uint8Array()]) {
    expect(await refusalOf(withdraw(alice, id))).toBe('NotFound request_unknown')
  }
  // From another device of the account, and once more, as after an answer that was lost.
  for (let count = 0; count < 2; count++)
    expect(await withdraw(laptop, requestId)).toMatchObject({ status: ENDED })
  for (const device of [bob, laptop]) {
    const told = () => itemsOf(service, device, 'answer')
    await expect
      .poll(told, { timeout: 60_000 })
      .toMatchObject([{ value: { requestId, join: true, status: ENDED } }])
  }
  expect((await listed(alice)).incoming).toEqual([])
  expect(await itemsOf(service, alice, 'request')).toEqual([])
  expect(await refusalOf(service.as(alice).answerRequest({ requestId, answer: Answer.ALLOW }))).toBe(
    'NotFound request_unknown',
  )
  const late = await group.letIn(alice, bob, { made: asked.made, inviteId: invite.id, role: Role.MEMBER })
  expect(await refusalOf(group.append(alice, late.handshake))).toBe('PermissionDenied not_allowed')

  const again = await group.ask(bob, seed)
  expect(again).toMatchObject({ status: PENDING })
  await admit(bob, again)
  expect(await refusalOf(withdraw(bob, again.requestId))).toBe('NotFound request_unknown')
})

test('M13 what was refused is not taken back', async () => {
  await offer()
  const { requestId } = await group.ask(bob, seed)
  await refuse(alice, requestId)
  expect(await service.as(bob).withdrawJoin({ requestId })).toMatchObject({ status: REFUSED })
  expect((await group.ask(bob, seed)).status).toBe(REFUSED)
})
