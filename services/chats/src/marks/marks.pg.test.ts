import { randomBytes } from 'node:crypto'
import { commit, newKeyPackage } from '@veche/mls'
import { AccountId, ChatId, randomId } from '@veche/protocol'
import type { SubscribeResponse } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { TestGroup } from '../testing/group.ts'
import { message, newPerson, type Person, withNewDevice } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import {
  type OpenChat,
  openChatBetween,
  startTestService,
  type TestProcess,
  type TestService,
} from '../testing/test-service.ts'

let service: TestService
let alice: Person
let bob: Person
let chat: OpenChat
const opened: Reader[] = []

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  for (const reader of opened.splice(0)) reader.close()
  alice = await service.enrol('alice', 'allowed')
  bob = await service.enrol('bob', 'allowed')
  chat = await openChatBetween(service, alice, bob)
})

/** One subscription, read event by event; what stands beside the logs is kept. */
class Reader {
  readonly #abort = new AbortController()
  readonly #events: AsyncIterator<SubscribeResponse>
  readonly readMarks: string[] = []
  readonly signals: string[] = []
  readonly cases: (string | undefined)[] = []
  delivered = 0n
  ownMarksChanged = 0

  constructor(process: Pick<TestProcess, 'as'>, person: Person) {
    const stream = process.as(person).subscribe({}, { signal: this.#abort.signal })
    this.#events = stream[Symbol.asyncIterator]()
    opened.push(this)
  }

  async until(isThere: () => boolean): Promise<this> {
    while (!isThere()) await this.#next()
    return this
  }

  caughtUp(): Promise<this> {
    return this.until(() => this.cases.includes('caughtUp'))
  }

  close(): void {
    this.#abort.abort()
  }

  async #next(): Promise<void> {
    const { value, done } = await this.#events.next()
    if (done) throw new Error('the stream ended')
    const { event } = value as SubscribeResponse
    this.cases.push(event.case)
    if (event.case === 'ownMarksChanged') this.ownMarksChanged++
    if (event.case !== 'signals') return
    this.readMarks.push(...event.value.readMarks.map(({ sealed }) => text(sealed)))
    this.signals.push(...event.value.signals.map(({ sealed }) => text(sealed)))
    if (event.value.deliveredPosition > 0n) this.delivered = event.value.deliveredPosition
  }
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()
const bytes = (value: string) => new TextEncoder().encode(value)
const caughtUp = (person: Person, process: Pick<TestProcess, 'as'> = service) =>
  new Reader(process, person).caughtUp()
const signal = (person: Person, sealed: string, chatId: Uint8Array = chat.id) =>
  service.as(person).sendSignal({ chatId, sealed: bytes(sealed) })
const readMark = (person: Person, sealed: string, chatId: Uint8Array = chat.id) =>
  service.as(person).setReadMark({ chatId, sealed: bytes(sealed) })
const ownMark = (person: Person, sealed: string, expectedRevision = 0n, chatId: Uint8Array = chat.id) =>
  service.as(person).setOwnMark({ chatId, expectedRevision, sealed: bytes(sealed) })
async function marksOf(person: Person, afterRevision = 0n): Promise<[string, bigint][]> {
  const { marks } = await service.as(person).listOwnMarks({ afterRevision })
  return marks.map(({ sealed, revision }) => [text(sealed), revision])
}
const acknowledge = (person: Person, position: bigint) =>
  service.as(person).acknowledge({ positions: [{ chatId: chat.id, position }] })

/** A second device of the person, in the chat as well. */
async function withLaptop(person: Person): Promise<Person> {
  const laptop = await withNewDevice(person)
  service.accounts.add(laptop, 'allowed')
  const side = person === alice ? 0 : 1
  const { keyPackage } = await newKeyPackage(laptop.device, { nowMs: Date.now() })
  const added = await commit(chat.groups[side], person.device, { add: [keyPackage] })
  const value = { commit: added.commit, welcome: added.welcome! }
  const messageId = randomBytes(16)
  await service.as(person).append({ chatId: chat.id, messageId, entry: { case: 'handshake', value } })
  return laptop
}

test('M20 a read mark reaches the other members at once, and once each stream that opens later: the newest', async () => {
  const reader = await caughtUp(bob)
  await readMark(alice, 'first')
  await reader.until(() => reader.readMarks.length === 1)
  await readMark(alice, 'second')
  await reader.until(() => reader.readMarks.length === 2)
  expect(reader.readMarks).toEqual(['first', 'second'])
  const later = new Reader(service, bob)
  await later.until(() => later.readMarks.length === 1)
  expect(later.readMarks).toEqual(['second'])
  const { rows } = await service.database.query('SELECT FROM read_marks WHERE chat_id = $1', [chat.id])
  expect(rows).toHaveLength(1)
})

test('M20 a signal reaches streams that are open, in every process, and is kept nowhere', async () => {
  await using another = await service.startAnother()
  const carol = await service.enrol('carol', 'allowed')
  const group = await new TestGroup((person) => service.as(person), alice).create()
  await group.add(alice, Role.MEMBER, bob, carol)
  const [here, there] = [await caughtUp(bob), await caughtUp(carol, another)]
  await signal(alice, 'writing', group.id)
  await Promise.all([here, there].map((reader) => reader.until(() => reader.signals.length === 1)))
  expect([here.signals, there.signals]).toEqual([['writing'], ['writing']])
  await readMark(alice, 'read', group.id)
  await there.until(() => there.readMarks.length === 1)
  const later = new Reader(service, bob)
  await later.until(() => later.readMarks.length === 1)
  expect(later.signals).toEqual([])
})

test('M20 own marks are one value a chat, set only by who has seen the last', async () => {
  const other = await openChatBetween(service, alice, await service.enrol('carol', 'allowed'))
  const { revision } = await ownMark(alice, 'one')
  expect(await refusalOf(ownMark(alice, 'stale'))).toBe('Aborted mark_conflict')
  const second = await ownMark(alice, 'elsewhere', 0n, other.id)
  const third = await ownMark(alice, 'two', revision)
  expect([second.revision > revision, third.revision > second.revision]).toEqual([true, true])
  expect(await refusalOf(ownMark(alice, 'stale', revision))).toBe('Aborted mark_conflict')
  expect(await marksOf(alice)).toEqual([
    ['elsewhere', second.revision],
    ['two', third.revision],
  ])
  expect(await marksOf(alice, second.revision)).toEqual([['two', third.revision]])
  expect(await marksOf(alice, 2n ** 64n - 1n)).toEqual([])
  expect(await marksOf(bob)).toEqual([])
})

test('M20 of many who set a mark at once one wins each revision, and no revision is seen late', async () => {
  const others: OpenChat[] = []
  for (const name of ['carol', 'dave', 'erin']) {
    others.push(await openChatBetween(service, alice, await service.enrol(name, 'allowed')))
  }
  const calls = Array.from({ length: 24 }, (_, index) =>
    ownMark(alice, `${index}`, 0n, others[index % 3]!.id).then(
      ({ revision }) => revision,
      () => undefined,
    ),
  )
  const revisions = (await Promise.all(calls)).filter((revision) => revision !== undefined)
  expect(revisions.toSorted()).toEqual([1n, 2n, 3n])
  expect(await marksOf(alice)).toHaveLength(3)
})

test('M20 the other devices of the account are told of own marks, in every process, and nobody else', async () => {
  await using another = await service.startAnother()
  const laptop = await withLaptop(alice)
  const setter = await caughtUp(alice)
  const [told, stranger] = [await caughtUp(laptop, another), await caughtUp(bob)]
  await ownMark(alice, 'read')
  await told.until(() => told.ownMarksChanged === 1)
  await signal(bob, 'fence')
  await setter.until(() => setter.signals.length === 1)
  await signal(alice, 'fence')
  await stranger.until(() => stranger.signals.length === 1)
  expect([setter.ownMarksChanged, stranger.ownMarksChanged]).toEqual([0, 0])
  expect(await marksOf(laptop)).toEqual([['read', 1n]])
})

test('M20 in a private chat one learns how far a device of the other has stored it, live and later', async () => {
  await using another = await service.startAnother()
  const { application: value } = await message(bob, chat.groups[1])
  await service
    .as(bob)
    .append({ chatId: chat.id, messageId: randomBytes(16), entry: { case: 'application', value } })
  const laptop = await withLaptop(bob)
  const [here, silent] = [await caughtUp(alice, another), await caughtUp(laptop)]
  await acknowledge(bob, 3n)
  await here.until(() => here.delivered === 3n)
  await signal(alice, 'fence')
  await silent.until(() => silent.signals.length === 1)
  expect(silent.delivered).toBe(0n) // one's own devices are not the other person's
  const later = new Reader(service, alice)
  await later.until(() => later.delivered > 0n)
  expect(later.delivered).toBe(3n)
  const bobs = new Reader(service, bob)
  await acknowledge(alice, 2n)
  await bobs.until(() => bobs.delivered === 2n)
})

test('a device that has stored nothing yet has had nothing delivered', async () => {
  await withLaptop(bob)
  const reader = await caughtUp(alice)
  await signal(bob, 'fence')
  await reader.until(() => reader.signals.length === 1)
  expect(reader.delivered).toBe(0n)
})

test('of groups nobody learns who has stored what', async () => {
  const group = await new TestGroup((person) => service.as(person), alice).create()
  await group.add(alice, Role.MEMBER, bob)
  await service.as(bob).acknowledge({ positions: [{ chatId: group.id, position: 2n }] })
  const reader = await caughtUp(alice)
  await readMark(bob, 'fence', group.id)
  await reader.until(() => reader.readMarks.length === 1)
  expect(reader.delivered).toBe(0n)
})

test('M19 B7 while one blocks, nothing passes between the two: no mark, no signal, no delivery', async () => {
  await readMark(bob, 'before')
  await service.as(alice).setBlocked({ chatId: chat.id, blocked: true })
  const fence = await openChatBetween(service, bob, alice).catch(() => undefined)
  expect(fence).toBeUndefined()
  const carol = await service.enrol('carol', 'allowed')
  const group = await new TestGroup((person) => service.as(person), carol).create()
  await group.add(carol, Role.MEMBER, alice, bob)
  const [alices, bobs] = [await caughtUp(alice), await caughtUp(bob)]
  for (const person of [alice, bob]) {
    await signal(person, 'blocked')
    await readMark(person, 'blocked')
    await acknowledge(person, 1n)
  }
  await signal(carol, 'fence', group.id)
  for (const reader of [alices, bobs]) {
    await reader.until(() => reader.signals.length > 0)
    expect([reader.signals, reader.readMarks, reader.delivered]).toEqual([['fence'], [], 0n])
  }
  await service.as(alice).setBlocked({ chatId: chat.id, blocked: false })
  const later = new Reader(service, alice)
  await later.until(() => later.readMarks.length > 0)
  expect(later.readMarks).toEqual(['before'])
})

test('B7 who is not in a chat can neither mark nor signal there, and cannot tell it from one that is not there', async () => {
  const eve = await service.enrol('eve', 'allowed')
  const reader = await caughtUp(alice)
  for (const chatId of [chat.id, ChatId.toBytes(randomId(ChatId)), new Uint8Array(3)]) {
    expect(await refusalOf(signal(eve, 'x', chatId))).toBe('NotFound chat_unknown')
    expect(await refusalOf(readMark(eve, 'x', chatId))).toBe('NotFound chat_unknown')
    expect(await refusalOf(ownMark(eve, 'x', 0n, chatId))).toBe('NotFound chat_unknown')
  }
  await signal(bob, 'fence')
  await reader.until(() => reader.signals.length > 0)
  expect([reader.signals, reader.readMarks]).toEqual([['fence'], []])
})

test('B7 who was taken out of a group hears nothing more of it, and their read mark is shown no more', async () => {
  const carol = await service.enrol('carol', 'allowed')
  const group = await new TestGroup((person) => service.as(person), alice).create()
  await group.add(alice, Role.MEMBER, bob, carol)
  await readMark(bob, 'of bob', group.id)
  const reader = await caughtUp(bob)
  const state = { ...group.state, members: group.state.members.filter((one) => !isOf(one, bob)) }
  await group.change(alice, [], { state, remove: group.leavesOf(bob) })
  await signal(carol, 'within', group.id)
  await signal(alice, 'fence')
  await reader.until(() => reader.signals.length > 0)
  expect(reader.signals).toEqual(['fence'])
  expect(await refusalOf(signal(bob, 'x', group.id))).toBe('NotFound chat_unknown')
  await readMark(alice, 'of alice', group.id)
  const carols = new Reader(service, carol)
  await carols.until(() => carols.readMarks.length > 0)
  expect(carols.readMarks).toEqual(['of alice'])
})

function isOf({ accountId }: { readonly accountId: Uint8Array }, person: Person): boolean {
  return AccountId.fromBytes(accountId) === person.accountId
}

test('in a group of more than 100 marks and signals are dropped', async () => {
  const group = await new TestGroup((person) => service.as(person), alice).create()
  await group.add(alice, Role.MEMBER, bob)
  await service.database.query(
    `UPDATE groups SET accounts = accounts || array_fill('\\x00'::bytea, ARRAY[99]) WHERE chat_id = $1`,
    [group.id],
  )
  const reader = await caughtUp(bob)
  await signal(alice, 'dropped', group.id)
  await readMark(alice, 'dropped', group.id)
  await signal(alice, 'fence')
  await reader.until(() => reader.signals.length > 0)
  expect([reader.signals, reader.readMarks]).toEqual([['fence'], []])
  const { rows } = await service.database.query('SELECT FROM read_marks WHERE chat_id = $1', [group.id])
  expect(rows).toEqual([])
})

test('what is empty or too long is refused', async () => {
  for (const sealed of ['', 'x'.repeat(513)]) {
    expect(await refusalOf(signal(alice, sealed))).toBe('InvalidArgument signal_invalid')
    expect(await refusalOf(readMark(alice, sealed))).toBe('InvalidArgument signal_invalid')
  }
  for (const sealed of ['', 'x'.repeat(1025)]) {
    expect(await refusalOf(ownMark(alice, sealed))).toBe('InvalidArgument mark_invalid')
  }
  await ownMark(alice, 'x'.repeat(1024))
  await readMark(alice, 'x'.repeat(512))
})

test('an account sends 30 signals at once, then one more a second', async () => {
  await using limited = await startTestService({ unlimited: false })
  const [dora, emil] = [await newPerson('dora'), await newPerson('emil')]
  for (const person of [dora, emil]) limited.accounts.add(person, 'allowed')
  const { id: chatId } = await openChatBetween(limited, dora, emil)
  const send = () => limited.as(dora).sendSignal({ chatId, sealed: bytes('writing') })
  for (let index = 0; index < 30; index++) await send()
  expect(await refusalOf(send())).toBe('ResourceExhausted too_many_calls')
  limited.clock.advance(1000)
  await send()
  expect(await refusalOf(send())).toBe('ResourceExhausted too_many_calls')
})
