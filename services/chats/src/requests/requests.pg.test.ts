import { toBinary } from '@bufbuild/protobuf'
import { AccountId } from '@veche/protocol'
import { Answer, RequestChatResponseSchema, RequestStatus } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newPerson, type Person } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { createChat, openChatBetween, startTestService, type TestService } from '../testing/test-service.ts'
import { REFUSAL_LASTS_MS, RIGHT_LASTS_MS } from './pair.ts'

let service: TestService
let count = 0
let alice: Person
let bob: Person
const none = new Uint8Array()
const { PENDING, REFUSED, CREATE, OPEN } = RequestStatus

beforeAll(async () => {
  service = await startTestService({ tellsNobody: true })
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  count++
  alice = await service.enrol('alice')
  bob = await service.enrol('bob')
})

const ask = (person: Person, other: Person | string) =>
  service.as(person).requestChat({ handle: typeof other === 'string' ? other : other.handle })
const answer = (person: Person, requestId: Uint8Array, given: Answer) =>
  service.as(person).answerRequest({ requestId, answer: given })
const listed = (person: Person) => service.as(person).listRequests({})

test('M11 M14 with confirmation the asked is told who asks, allows, and creates', async () => {
  const asked = await ask(alice, bob)
  expect(asked).toMatchObject({ status: PENDING, chatId: none })
  expect(asked.right).toBeUndefined()
  const [incoming] = (await listed(bob)).incoming
  expect(incoming).toMatchObject({
    requestId: asked.requestId,
    status: PENDING,
    from: { handle: alice.handle },
  })
  const allowed = await answer(bob, asked.requestId, Answer.ALLOW)
  expect(allowed).toMatchObject({ status: CREATE, right: { peer: { displayName: alice.displayName } } })
  expect((await listed(alice)).outgoing).toMatchObject([{ status: CREATE, handle: bob.handle }])
  expect((await ask(alice, bob)).right).toBeUndefined()
  const again = await answer(bob, asked.requestId, Answer.ALLOW)
  expect(again.right?.chatId).toEqual(allowed.right?.chatId)

  const chat = await createChat(service, bob, alice, allowed.right!)
  for (const [person, other] of [[alice, bob] as const, [bob, alice] as const]) {
    expect(await ask(person, other)).toMatchObject({ status: OPEN, chatId: chat.id })
    expect(await listed(person)).toMatchObject({ incoming: [], outgoing: [] })
    const { chats } = await service.as(person).listChats({})
    expect(chats).toMatchObject([{ peer: { handle: other.handle }, head: 1n, epoch: 1n, kept: true }])
  }
  expect(await answer(bob, asked.requestId, Answer.REFUSE)).toMatchObject({ status: OPEN })
})

test('M14 requests that cross merge: one private chat a pair, and the second to ask creates it', async () => {
  const [first, second] = await Promise.all([ask(alice, bob), ask(bob, alice)])
  const statuses = [first.status, second.status].sort()
  expect(statuses).toEqual([PENDING, CREATE])
  const { requestId } = first.status === PENDING ? first : second
  expect((first.right ?? second.right)?.grant.length).toBeGreaterThan(64)
  expect([...first.requestId, ...second.requestId]).toEqual([...requestId, ...requestId])
})

test('M11 one who allows anyone gives the right at once, and sees who holds it', async () => {
  service.accounts.setPolicy(bob, 'allowed')
  const asked = await ask(alice, bob)
  expect(asked).toMatchObject({ status: CREATE, right: { peer: { handle: bob.handle } } })
  expect((await listed(bob)).incoming).toMatchObject([{ status: CREATE, from: { handle: alice.handle } }])
  expect((await ask(bob, alice)).right).toBeUndefined()
  service.clock.advance(RIGHT_LASTS_MS)
  expect((await ask(bob, alice)).right?.chatId).toEqual(asked.right?.chatId)
})

test('what is allowed stays so when policy or blocks change before the chat is created', async () => {
  service.accounts.setPolicy(bob, 'allowed')
  const { right } = await ask(alice, bob)
  service.accounts.setPolicy(bob, 'forbidden')
  service.accounts.block(bob, alice)
  expect((await ask(alice, bob)).right?.chatId).toEqual(right?.chatId)
  await createChat(service, alice, bob, right!)
})

test('M19 a refusal is final for 30 days, unless the refuser asks', async () => {
  const { requestId } = await ask(alice, bob)
  expect(await answer(bob, requestId, Answer.REFUSE)).toMatchObject({ status: REFUSED })
  expect(await ask(alice, bob)).toMatchObject({ status: REFUSED })
  expect((await listed(bob)).incoming).toEqual([])
  expect((await listed(alice)).outgoing).toMatchObject([{ status: REFUSED }])
  service.clock.advance(REFUSAL_LASTS_MS)
  const again = await ask(alice, bob)
  expect(again.status).toBe(PENDING)
  expect(again.requestId).not.toEqual(requestId)
  await answer(bob, again.requestId, Answer.REFUSE)
  expect(await ask(bob, alice)).toMatchObject({ status: PENDING })
  expect((await listed(alice)).incoming).toMatchObject([{ from: { handle: bob.handle } }])
})

test('B6 absent, forbidding and blocking accounts answer like one that is asked', async () => {
  await service.restart() // what earlier tests have set going beside their calls has ended
  const forbids = await service.enrol('forbids', 'forbidden')
  const blocks = await service.enrol('blocks')
  service.accounts.block(blocks, alice)
  const handles = [bob.handle, forbids.handle, blocks.handle, `nobody${count}`]
  const works: unknown[] = []
  for (const handle of handles) {
    for (const _time of ['first', 'again']) {
      service.statements.length = 0
      service.accounts.calls.length = 0
      const response = await ask(alice, handle)
      expect(response.status).toBe(PENDING)
      const bytes = toBinary(RequestChatResponseSchema, response).length
      works.push({ bytes, calls: [...service.accounts.calls], statements: [...service.statements] })
    }
  }
  for (const [index, work] of works.entries()) expect(work).toEqual(works[index % 2])
  expect((await listed(alice)).outgoing.map(({ handle }) => handle).sort()).toEqual(handles.sort())
  expect((await listed(forbids)).incoming).toEqual([])
  expect((await listed(blocks)).incoming).toEqual([])
})

const LOOKUPS = process.env.VECHE_LONG === '1' ? 100_000 : 2000

test(`B6 of ${LOOKUPS} lookups by one account at most its bucket is answered, and none tells who exists`, async () => {
  await using limited = await startTestService({ unlimited: false, tellsNobody: true })
  limited.accounts.add(alice)
  const people = await Promise.all(Array.from({ length: 20 }, (_, index) => newPerson(`lookup${index}`)))
  for (const person of people) limited.accounts.add(person)
  const chats = limited.as(alice)
  const answers: Record<'existing' | 'absent', Map<string, number>> = {
    existing: new Map(),
    absent: new Map(),
  }
  for (let lookup = 0; lookup < LOOKUPS; lookup++) {
    const of = lookup % 2 ? 'existing' : 'absent'
    const handle = `${of === 'existing' ? 'lookup' : 'absent'}${(lookup >> 1) % 20}`
    const seen = await chats.requestChat({ handle }).then(
      (response) => `${response.status} ${toBinary(RequestChatResponseSchema, response).length}`,
      (error) => refusalOf(Promise.reject(error)),
    )
    answers[of].set(seen, (answers[of].get(seen) ?? 0) + 1)
  }
  expect(answers.existing).toEqual(answers.absent)
  const answered = [...answers.existing].filter(([seen]) => seen.startsWith(`${PENDING} `))
  expect(answered).toEqual([[expect.any(String), 50]])
  expect(answers.existing.get('ResourceExhausted too_many_requests')).toBe(LOOKUPS / 2 - 50)
}, 600_000)

test('B6 being blocked, or no longer being, changes nothing that the asker sees', async () => {
  const { requestId } = await ask(alice, bob)
  service.accounts.block(bob, alice)
  expect(await ask(alice, bob)).toMatchObject({ status: PENDING, requestId })
  const absent = await newPerson(`late${count}`)
  const before = await ask(alice, absent)
  service.accounts.add(absent)
  expect(await ask(alice, absent)).toMatchObject({ status: PENDING, requestId: before.requestId })
  expect((await listed(alice)).outgoing).toHaveLength(2)
  expect((await listed(absent)).incoming).toMatchObject([{ requestId: before.requestId }])
})

test('who was shown a request can answer it by asking, though the other has blocked them since', async () => {
  const { requestId } = await ask(alice, bob)
  service.accounts.block(alice, bob)
  expect(await ask(bob, alice)).toMatchObject({ status: CREATE, requestId })
})

test('a request to nobody is forgotten when the two find each other the other way', async () => {
  service.accounts.block(bob, alice)
  await ask(alice, bob)
  const { requestId } = await ask(bob, alice)
  const { right } = await answer(alice, requestId, Answer.ALLOW)
  expect((await listed(alice)).outgoing).toMatchObject([{ status: PENDING }])
  await createChat(service, alice, bob, right!)
  expect((await listed(alice)).outgoing).toEqual([])
})

test('a forbidding account that asks in turn meets the request it was never shown', async () => {
  service.accounts.setPolicy(bob, 'forbidden')
  await ask(alice, bob)
  expect(await ask(bob, alice)).toMatchObject({ status: CREATE, right: { peer: { handle: alice.handle } } })
})

test('a request is answered by the one who was asked, and by nobody else', async () => {
  const { requestId } = await ask(alice, bob)
  const eve = await service.enrol('eve')
  for (const [person, id] of [
    [alice, requestId],
    [eve, requestId],
    [bob, new Uint8Array(16)],
    [bob, none],
  ] as const) {
    expect(await refusalOf(answer(person, id, Answer.ALLOW))).toBe('NotFound request_unknown')
  }
  expect(await refusalOf(answer(bob, requestId, Answer.UNSPECIFIED))).toBe('InvalidArgument answer_missing')
})

test.each(['', 'ab', 'Alice', '@alice', 'a'.repeat(33), 'a b c', 'алиса', '-ab'])(
  '%j is no handle',
  async (handle) => {
    expect(await refusalOf(ask(alice, handle))).toBe('InvalidArgument handle_invalid')
  },
)

test('nobody asks oneself, and an account that is gone asks nobody', async () => {
  expect(await refusalOf(ask(alice, alice))).toBe('InvalidArgument own_handle')
  const gone = await newPerson(`gone${count}`)
  expect(await refusalOf(ask(gone, alice))).toBe('Unauthenticated token_invalid')
})

test('an account has at most 100 open requests, whoever they are to', async () => {
  for (let index = 0; index < 100; index++) await ask(alice, `nobody-${count}-${index}`)
  expect(await refusalOf(ask(alice, bob))).toBe('ResourceExhausted too_many_requests')
  expect(await refusalOf(ask(alice, `nobody-${count}-x`))).toBe('ResourceExhausted too_many_requests')
  expect((await ask(alice, `nobody-${count}-0`)).status).toBe(PENDING)
  const { requestId } = await ask(bob, alice)
  expect(await answer(alice, requestId, Answer.ALLOW)).toMatchObject({ status: CREATE })
})

test('A14 the grant names both, and is signed by the key that accounts was told', async () => {
  const { verify } = await import('node:crypto')
  const { fromBinary } = await import('@bufbuild/protobuf')
  const { labelled } = await import('@veche/protocol')
  const { ed25519PublicKey } = await import('@veche/service-kit')
  const { KeyPackageGrantSchema } = await import(
    '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
  )
  service.accounts.setPolicy(bob, 'allowed')
  await service.restart()
  const { right } = await ask(alice, bob)
  const bytes = right!.grant.subarray(0, -64)
  const key = ed25519PublicKey(service.accounts.grantKey!)
  expect(verify(null, labelled('veche key package grant v1', bytes), key, right!.grant.subarray(-64))).toBe(
    true,
  )
  expect(fromBinary(KeyPackageGrantSchema, bytes)).toMatchObject({
    requesterId: AccountId.toBytes(alice.accountId),
    targetId: AccountId.toBytes(bob.accountId),
    expiresAtMs: BigInt(service.clock.nowMs() + 600_000),
  })
})

test('M10 contacts are the peers of open private chats', async () => {
  await openChatBetween(service, alice, bob)
  const { chats } = await service.as(alice).listChats({})
  expect(chats.map(({ peer }) => peer?.handle)).toEqual([bob.handle])
})
