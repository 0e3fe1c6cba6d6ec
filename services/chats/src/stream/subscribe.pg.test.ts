import { randomBytes } from 'node:crypto'
import { commit, type Group, newKeyPackage, revokeDevice } from '@veche/mls'
import { AccountId, DeviceId } from '@veche/protocol'
import {
  Answer,
  type InboxItem,
  RequestStatus,
  type SubscribeResponse,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { nextLogHash } from '../append/entry-hash.ts'
import { message, newPerson, type Person, privateState, withNewDevice } from '../testing/person.ts'
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

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  alice = await service.enrol('alice')
  bob = await service.enrol('bob')
})

/** One subscription, read event by event. */
class Reader {
  readonly #abort = new AbortController()
  readonly #events: AsyncIterator<SubscribeResponse>
  readonly seen: bigint[] = []
  readonly items: InboxItem[] = []
  /** Heads of the logs that end before the named positions. */
  readonly behind: bigint[] = []

  constructor(
    process: Pick<TestProcess, 'as'>,
    person: Person,
    chats: readonly [Uint8Array, bigint][] = [],
    inboxPosition = 0n,
  ) {
    const positions = chats.map(([chatId, position]) => ({ chatId, position }))
    const stream = process.as(person).subscribe({ positions, inboxPosition }, { signal: this.#abort.signal })
    this.#events = stream[Symbol.asyncIterator]()
  }

  async next(): Promise<SubscribeResponse['event']> {
    const { value, done } = await this.#events.next()
    if (done) throw new Error('the stream ended')
    const { event } = value as SubscribeResponse
    if (event.case === 'entries') this.seen.push(...event.value.entries.map(({ position }) => position))
    if (event.case === 'inbox') this.items.push(...event.value.items)
    if (event.case === 'behind') this.behind.push(event.value.head)
    return event
  }

  async until(isThere: () => boolean): Promise<this> {
    while (!isThere()) await this.next()
    return this
  }

  async caughtUp(): Promise<this> {
    while ((await this.next()).case !== 'caughtUp') {}
    return this
  }

  ended(): Promise<string> {
    return refusalOf(this.until(() => false))
  }

  close(): void {
    this.#abort.abort()
  }
}

async function send(person: Person, chat: OpenChat, group: Group, times = 1, bytes = 272): Promise<Group> {
  let current = group
  for (let index = 0; index < times; index++) {
    const next = await message(person, current)
    const value = { ...next.application, contentCiphertext: randomBytes(bytes) }
    await service
      .as(person)
      .append({ chatId: chat.id, messageId: randomBytes(16), entry: { case: 'application', value } })
    current = next.group
  }
  return current
}

const caughtUp = (person: Person, chats?: [Uint8Array, bigint][], inbox?: bigint) =>
  new Reader(service, person, chats, inbox).caughtUp()
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => BigInt(from + index))

test('M17 what was missed comes first, then CaughtUp, then what happens', async () => {
  const chat = await openChatBetween(service, alice, bob)
  const group = await send(alice, chat, chat.groups[0], 3)
  const reader = await caughtUp(bob)
  expect(reader.seen).toEqual(range(2, 4))
  await send(alice, chat, group, 2)
  await reader.until(() => reader.seen.length === 5)
  expect(reader.seen).toEqual(range(2, 6))
  reader.close()
})

test('the other gets a Welcome with its place in the log, and reads on from there', async () => {
  const reader = await caughtUp(bob)
  const own = await caughtUp(alice)
  const chat = await openChatBetween(service, alice, bob)
  await send(alice, chat, chat.groups[0])
  await Promise.all([reader.until(() => reader.seen.length === 1), own.until(() => own.seen.length === 2)])
  expect(reader.seen).toEqual([2n])
  expect(own.seen).toEqual([1n, 2n])
  const cases = reader.items.map(({ item }) => item.case)
  expect(cases.filter((item) => item !== 'request')).toEqual(['welcome', 'chatOpened'])
  const welcome = reader.items.find(({ item }) => item.case === 'welcome')!.item.value as {
    logHash: Uint8Array
  }
  const { rows } = await service.database.query<{ entry_hash: Buffer }>(
    'SELECT entry_hash FROM entries WHERE chat_id = $1 AND position = 1',
    [chat.id],
  )
  const logHash = nextLogHash(new Uint8Array(32), rows[0]!.entry_hash)
  expect(welcome).toMatchObject({ position: 1n, peer: { handle: alice.handle } })
  expect(Buffer.from(welcome.logHash)).toEqual(Buffer.from(logHash))
  for (const open of [reader, own]) open.close()
})

test('M11 M14 the asked is told of a request, and the asker of the answer', async () => {
  const [asker, asked] = [await caughtUp(alice), await caughtUp(bob)]
  const { requestId } = await service.as(alice).requestChat({ handle: bob.handle })
  await asked.until(() => asked.items.length === 1)
  expect(asked.items[0]!.item).toMatchObject({ case: 'request', value: { from: { handle: alice.handle } } })
  await service.as(bob).answerRequest({ requestId, answer: Answer.REFUSE })
  await asker.until(() => asker.items.length === 1)
  const answer = { case: 'answer', value: { handle: bob.handle, status: RequestStatus.REFUSED } }
  expect(asker.items[0]!.item).toMatchObject(answer)
  for (const open of [asker, asked]) open.close()
})

test('what a crash left untold is told at the next start', async () => {
  await service.as(alice).requestChat({ handle: bob.handle })
  await service.restart()
  const asked = new Reader(service, bob)
  await asked.until(() => asked.items.length === 1)
  asked.close()
})

test('inbox items stay until they are acknowledged', async () => {
  const chat = await openChatBetween(service, alice, bob)
  const first = await caughtUp(bob)
  const last = first.items.at(-1)!.position
  const again = await caughtUp(bob)
  expect(again.items).toEqual(first.items)
  const skipping = await caughtUp(bob, [], last)
  expect(skipping.items).toEqual([])
  const positions = [
    { chatId: chat.id, position: 99n },
    { chatId: randomBytes(16), position: 1n },
  ]
  await service.as(bob).acknowledge({ positions, inboxPosition: last })
  await service.as(bob).acknowledge({ positions: [{ chatId: chat.id, position: 0n }], inboxPosition: 0n })
  const { rows } = await service.database.query(
    `SELECT acknowledged FROM chat_devices JOIN devices USING (device) WHERE chat_id = $1 AND account_id = $2`,
    [chat.id, AccountId.toBytes(bob.accountId)],
  )
  expect(rows).toEqual([{ acknowledged: 1n }])
  const empty = await caughtUp(bob)
  expect(empty.items).toEqual([])
  for (const open of [skipping, empty]) open.close()
  await service.as(await newPerson('stranger')).acknowledge({ inboxPosition: 7n })
})

test('a device goes on from the positions it names, and is told of a log that ends before them', async () => {
  const chat = await openChatBetween(service, alice, bob)
  const group = await send(alice, chat, chat.groups[0], 4)
  const behind = await caughtUp(bob, [
    [chat.id, 3n],
    [randomBytes(16), 1n],
    [randomBytes(3), 1n],
  ])
  expect(behind.seen).toEqual([4n, 5n])
  for (const position of [6n, 2n ** 64n - 1n]) {
    const ahead = await caughtUp(bob, [[chat.id, position]])
    expect([ahead.seen, ahead.behind]).toEqual([[], [5n]])
  }
  const ahead = await caughtUp(bob, [[chat.id, 6n]])
  await send(alice, chat, group, 3)
  await openChatBetween(service, await service.enrol('carol'), bob)
  await ahead.until(() => ahead.items.some(({ item }) => item.case === 'welcome'))
  expect(ahead.seen.filter((position) => position > 5n)).toEqual([])
  ahead.close()
})

test('a second stream of one device ends the first, also in another process', async () => {
  const first = await caughtUp(alice)
  const second = await caughtUp(alice)
  expect(await first.ended()).toBe('Aborted stream_replaced')
  await using another = await service.startAnother()
  const third = await new Reader(another, alice).caughtUp()
  expect(await second.ended()).toBe('Aborted stream_replaced')
  third.close()
})

test('a stream ends with its token, unless Acknowledge renews it, in whichever process', async () => {
  await using another = await service.startAnother()
  const carol = await service.enrol('carol')
  const chat = await openChatBetween(service, alice, bob)
  const left = await caughtUp(alice)
  const renewed = await caughtUp(bob)
  const elsewhere = await new Reader(another, carol).caughtUp()
  service.clock.advance(9 * 60_000)
  await service.as(bob).acknowledge({})
  await service.as(carol).acknowledge({})
  await send(alice, chat, chat.groups[0])
  await left.until(() => left.seen.includes(2n))
  service.clock.advance(2 * 60_000)
  await service.as(alice).requestChat({ handle: carol.handle })
  await elsewhere.until(() => elsewhere.items.length > 0)
  await send(bob, chat, chat.groups[1])
  await renewed.until(() => renewed.seen.includes(3n))
  expect(await left.ended()).toBe('Unauthenticated token_expired')
  for (const open of [renewed, elsewhere]) open.close()
})

test('entries stored by another process arrive by its wake-up', async () => {
  await using another = await service.startAnother()
  const chat = await openChatBetween(service, alice, bob)
  const reader = await new Reader(another, bob).caughtUp()
  const group = await send(alice, chat, chat.groups[0], 3)
  await reader.until(() => reader.seen.length === 3)
  await send(alice, chat, group, 2)
  await reader.until(() => reader.seen.length === 5)
  expect(reader.seen).toEqual(range(2, 6))
  reader.close()
})

test('a large past comes in chunks of at most 1 MiB, and a single larger entry whole', async () => {
  const chat = await openChatBetween(service, alice, bob)
  await send(alice, chat, chat.groups[0], 9, 250_000)
  const reader = new Reader(service, bob)
  let largest = 0
  for (let event = await reader.next(); event.case !== 'caughtUp'; event = await reader.next()) {
    if (event.case !== 'entries') continue
    const bytes = event.value.entries.map(({ contentCiphertext }) => contentCiphertext.length)
    largest = Math.max(
      largest,
      bytes.reduce((sum, length) => sum + length, 0),
    )
  }
  expect(reader.seen).toEqual(range(2, 10))
  expect(largest).toBeLessThanOrEqual(1024 * 1024)
  reader.close()
})

test('a revoked device gets the commit that removes it, and nothing later', async () => {
  const laptop = await withNewDevice(bob)
  const chat = await openChatBetween(service, alice, bob)
  service.accounts.add(laptop)
  const reader = await caughtUp(laptop)
  const append = (value: { commit: Uint8Array; welcome?: Uint8Array }) =>
    service
      .as(bob)
      .append({ chatId: chat.id, messageId: randomBytes(16), entry: { case: 'handshake', value } })
  const { keyPackage } = await newKeyPackage(laptop.device, { nowMs: Date.now() })
  const added = await commit(chat.groups[1], bob.device, { add: [keyPackage] })
  await append({ commit: added.commit, welcome: added.welcome! })
  const group = await send(bob, chat, added.next)
  await reader.until(() => reader.seen.length === 1)
  const removed = await commit(group, bob.device, {
    remove: [2],
    state: { ...privateState(alice, bob), revokedDevices: [DeviceId.toBytes(laptop.deviceId)] },
    revocations: [await revokeDevice(bob.sign, bob.accountKey, laptop.deviceId)],
  })
  await append({ commit: removed.commit })
  await reader.until(() => reader.seen.length === 2)
  await send(bob, chat, removed.next, 2)
  const again = await caughtUp(laptop)
  expect(again.seen).toEqual([3n, 4n])
  expect(await reader.ended()).toBe('Aborted stream_replaced')
  expect(reader.seen).toEqual([3n, 4n])
  again.close()
})

test('a stopping server ends its streams, and says that it is stopping', async () => {
  const reader = await caughtUp(alice)
  const ended = reader.ended()
  await service.restart()
  expect(await ended).toBe('Unavailable server_stopping')
})

test('more chats than anybody has are not looked at', async () => {
  const chatId = randomBytes(16)
  const chats = Array.from({ length: 10_001 }, (): [Uint8Array, bigint] => [chatId, 1n])
  expect(await new Reader(service, alice, chats).ended()).toBe('InvalidArgument too_many_chats')
})
