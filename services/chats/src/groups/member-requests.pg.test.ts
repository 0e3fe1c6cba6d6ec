import { toBinary } from '@bufbuild/protobuf'
import { AccountId } from '@veche/protocol'
import {
  Answer,
  ChatType,
  type InboxItem,
  RequestMemberResponseSchema,
  RequestStatus,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { REFUSAL_LASTS_MS } from '../requests/pair.ts'
import { TestGroup, withRoles } from '../testing/group.ts'
import { newPerson, type Person } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { startTestService, type TestService } from '../testing/test-service.ts'

let service: TestService
let count = 0
let alice: Person
let bob: Person
let group: TestGroup
const { PENDING, REFUSED, CREATE, OPEN } = RequestStatus

beforeAll(async () => {
  service = await startTestService({ tellsNobody: true })
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  count++
  alice = await service.enrol('alice')
  bob = await service.enrol('bob')
  group = await new TestGroup((person) => service.as(person), alice).create()
})

const ask = (other: Person | string, person = alice, chatId: Uint8Array = group.id) =>
  service.as(person).requestMember({ chatId, handle: typeof other === 'string' ? other : other.handle })
const answer = (person: Person, requestId: Uint8Array, given: Answer) =>
  service.as(person).answerRequest({ requestId, answer: given })
const idOf = ({ accountId }: Person) => AccountId.toBytes(accountId)
const listed = (person: Person) => service.as(person).listRequests({})

async function inboxOf(person: Person): Promise<InboxItem['item'][]> {
  const found: InboxItem['item'][] = []
  for await (const { event } of service.as(person).subscribe({})) {
    if (event.case === 'inbox') found.push(...event.value.items.map(({ item }) => item))
    if (event.case === 'caughtUp') break
  }
  return found
}

test('M11 M13 the asked is told who asks, and that it is a group; who allowed it is added', async () => {
  const asked = await ask(bob)
  expect(asked).toMatchObject({ status: PENDING, grant: new Uint8Array() })
  expect(asked.person).toBeUndefined()
  const shown = { requestId: asked.requestId, status: PENDING, type: ChatType.GROUP }
  expect((await listed(bob)).incoming).toMatchObject([{ ...shown, from: { handle: alice.handle } }])
  expect((await listed(alice)).outgoing).toMatchObject([{ groupId: group.id, handle: bob.handle }])
  await service.restart() // whoever is untold is told
  expect(await inboxOf(bob)).toMatchObject([{ case: 'request', value: shown }])

  const allowed = await answer(bob, asked.requestId, Answer.ALLOW)
  expect(allowed).toMatchObject({ status: CREATE, chatId: new Uint8Array() })
  expect(allowed.right).toBeUndefined()
  await service.restart()
  expect(await inboxOf(alice)).toMatchObject([
    { case: 'answer', value: { requestId: asked.requestId, status: CREATE, groupId: group.id } },
  ])
  service.accounts.setPolicy(bob, 'forbidden')
  expect(await ask(bob)).toMatchObject({ status: CREATE, person: { handle: bob.handle } })
  await group.add(alice, Role.MEMBER, bob)
  expect(await ask(bob)).toMatchObject({ status: OPEN })
  for (const person of [alice, bob]) {
    expect(await listed(person)).toMatchObject({ incoming: [], outgoing: [] })
  }
  expect(await refusalOf(answer(bob, asked.requestId, Answer.REFUSE))).toBe('NotFound request_unknown')
})

test('M19 who refused is not added, and not asked again for 30 days', async () => {
  const { requestId } = await ask(bob)
  await answer(bob, requestId, Answer.ALLOW)
  expect(await answer(bob, requestId, Answer.REFUSE)).toMatchObject({ status: REFUSED })
  service.accounts.setPolicy(bob, 'allowed')
  expect(await ask(bob)).toMatchObject({ status: REFUSED, requestId })
  const made = await group.commit(alice, [bob], { state: withRoles(group.state, [bob, Role.MEMBER]) })
  expect(await refusalOf(group.append(alice, made.handshake))).toBe('PermissionDenied not_allowed')
  expect((await listed(bob)).incoming).toEqual([])
  service.clock.advance(REFUSAL_LASTS_MS)
  service.accounts.setPolicy(bob, 'confirm')
  const again = await ask(bob)
  expect(again.status).toBe(PENDING)
  expect(again.requestId).not.toEqual(requestId)
})

test('M11 a right by a policy ends with it', async () => {
  service.accounts.setPolicy(bob, 'allowed')
  expect(await ask(bob)).toMatchObject({ status: CREATE })
  expect((await listed(bob)).incoming).toEqual([])
  service.accounts.block(bob, alice)
  expect(await ask(bob)).toMatchObject({ status: PENDING })
  const made = await group.commit(alice, [bob], { state: withRoles(group.state, [bob, Role.MEMBER]) })
  expect(await refusalOf(group.append(alice, made.handshake))).toBe('PermissionDenied not_allowed')
})

test('B6 absent, forbidding and blocking accounts answer like one that is asked', async () => {
  await service.restart() // what earlier tests have set going beside their calls has ended
  const [forbids, blocks] = [await service.enrol('forbids'), await service.enrol('blocks')]
  service.accounts.setPolicy(forbids, 'forbidden')
  service.accounts.block(blocks, alice)
  const handles = [bob.handle, forbids.handle, blocks.handle, `nobody${count}`]
  const works: unknown[] = []
  for (const handle of handles) {
    for (const _time of ['first', 'again']) {
      service.statements.length = 0
      service.accounts.calls.length = 0
      const response = await ask(handle)
      expect(response.status).toBe(PENDING)
      const bytes = toBinary(RequestMemberResponseSchema, response).length
      works.push({ bytes, calls: [...service.accounts.calls], statements: [...service.statements] })
    }
  }
  for (const [index, work] of works.entries()) expect(work).toEqual(works[index % 2])
  expect((await listed(alice)).outgoing.map(({ handle }) => handle).sort()).toEqual(handles.sort())
  for (const person of [forbids, blocks]) expect((await listed(person)).incoming).toEqual([])
})

test('B6 being blocked, or no longer being, changes nothing that the asker sees', async () => {
  const { requestId } = await ask(bob)
  service.accounts.block(bob, alice)
  expect(await ask(bob)).toMatchObject({ status: PENDING, requestId })
  const absent = await newPerson(`late${count}`)
  const before = await ask(absent)
  service.accounts.add(absent)
  expect(await ask(absent)).toMatchObject({ status: PENDING, requestId: before.requestId })
  expect((await listed(alice)).outgoing).toHaveLength(2)
  expect((await listed(absent)).incoming).toMatchObject([{ requestId: before.requestId }])
})

test('B6 that somebody is in the group, or banned from it, is told whether they block the asker or not', async () => {
  service.accounts.setPolicy(bob, 'allowed')
  await group.add(alice, Role.MEMBER, bob)
  service.accounts.block(bob, alice)
  expect(await ask(bob)).toMatchObject({ status: OPEN })
  const state = { ...withRoles(group.state, [bob, undefined]), bannedAccounts: [idOf(bob)] }
  await group.change(alice, [], { state, remove: group.leavesOf(bob) })
  expect(await refusalOf(ask(bob))).toBe('PermissionDenied not_allowed')
})

test('one request for a group and a person, of each who asks; a group and a private chat are asked for apart', async () => {
  const [first, again] = [await ask(bob), await ask(bob)]
  expect(again.requestId).toEqual(first.requestId)
  const asked = await service.as(alice).requestChat({ handle: bob.handle })
  const other = await new TestGroup((person) => service.as(person), alice).create()
  const elsewhere = await ask(bob, alice, other.id)
  const ids = [first, asked, elsewhere].map(({ requestId }) => Buffer.from(requestId).toString('hex'))
  expect(new Set(ids).size).toBe(3)
  const { incoming } = await listed(bob)
  expect(incoming.map(({ type }) => type).sort()).toEqual([ChatType.PRIVATE, ChatType.GROUP, ChatType.GROUP])
})

test('a request is answered by the one who was asked, and by nobody else', async () => {
  const { requestId } = await ask(bob)
  const eve = await service.enrol('eve')
  for (const person of [alice, eve]) {
    expect(await refusalOf(answer(person, requestId, Answer.ALLOW))).toBe('NotFound request_unknown')
  }
  expect(await refusalOf(answer(bob, requestId, Answer.UNSPECIFIED))).toBe('InvalidArgument answer_missing')
})

test('nobody asks for oneself, for no handle, for a chat that is not a group of theirs', async () => {
  expect(await refusalOf(ask(alice))).toBe('InvalidArgument own_handle')
  expect(await refusalOf(ask('Алиса'))).toBe('InvalidArgument handle_invalid')
  expect(await refusalOf(ask(alice, bob))).toBe('NotFound chat_unknown')
  expect(await refusalOf(ask(bob, alice, new Uint8Array(5)))).toBe('NotFound chat_unknown')
  service.accounts.setPolicy(bob, 'allowed')
  const { right } = await service.as(alice).requestChat({ handle: bob.handle })
  expect(await refusalOf(ask(bob, alice, right!.chatId))).toBe('NotFound chat_unknown')
})

test('requests for groups and for private chats are counted together; who needs no answer is not counted', async () => {
  for (let index = 0; index < 50; index++) await ask(`nobody-${count}-${index}`)
  for (let index = 0; index < 50; index++) {
    await service.as(alice).requestChat({ handle: `nobody-${count}-${index}` })
  }
  expect(await refusalOf(ask(bob))).toBe('ResourceExhausted too_many_requests')
  expect(await refusalOf(service.as(alice).requestChat({ handle: bob.handle }))).toBe(
    'ResourceExhausted too_many_requests',
  )
  expect((await ask(`nobody-${count}-0`)).status).toBe(PENDING)
  service.accounts.setPolicy(bob, 'allowed')
  expect(await ask(bob)).toMatchObject({ status: CREATE })
})

test('with an account that goes out of the group go its requests', async () => {
  service.accounts.setPolicy(bob, 'allowed')
  const carol = await service.enrol('carol')
  await group.add(alice, Role.ADMIN, bob)
  const { requestId } = await ask(carol, bob)
  expect((await listed(carol)).incoming).toHaveLength(1)
  await group.change(alice, [], {
    state: withRoles(group.state, [bob, undefined]),
    remove: group.leavesOf(bob),
  })
  expect((await listed(carol)).incoming).toEqual([])
  expect(await refusalOf(answer(carol, requestId, Answer.ALLOW))).toBe('NotFound request_unknown')
})
