import { randomBytes } from 'node:crypto'
import { commit, type Group, newKeyPackage } from '@veche/mls'
import { DeviceId, EMPTY_LOG_HASH } from '@veche/protocol'
import { type Entry, EntryKind, type InboxItem } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type Database, ENDED_DEVICE_TOPIC, encodeEndedDevice, silentLogger } from '@veche/service-kit'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { nextLogHash } from '../append/entry-hash.ts'
import { message, type Person, updateCommit, withNewDevice } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import {
  type OpenChat,
  openChatBetween,
  startTestService,
  type TestService,
} from '../testing/test-service.ts'
import { Sweep } from './sweep.ts'

let service: TestService
let alice: Person
let bob: Person
let chat: OpenChat
let groups: [Group, Group]

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  alice = await service.enrol('alice')
  bob = await service.enrol('bob')
  chat = await openChatBetween(service, alice, bob)
  groups = [...chat.groups]
})

const setKept = async (person: Person, kept: boolean) =>
  (await service.as(person).setKept({ chatId: chat.id, kept })).chat!
const acknowledge = (person: Person, position: bigint, inboxPosition = 0n) =>
  service.as(person).acknowledge({ positions: [{ chatId: chat.id, position }], inboxPosition })
const entriesOf = async (person: Person) =>
  (await service.as(person).listEntries({ chatId: chat.id, limit: 500 })).entries
const kindsOf = async (person: Person) => (await entriesOf(person)).map(({ kind }) => kind)
const sweepOf = (database: Database = service.database) =>
  new Sweep({ database, clock: service.clock, log: silentLogger })
const sweep = () => sweepOf().run()
const { APPLICATION, COMMIT, REMOVED } = EntryKind

async function write(person: Person): Promise<Uint8Array> {
  const side = person === alice ? 0 : 1
  const { application, group } = await message(person, groups[side])
  groups[side] = group
  const messageId = randomBytes(16)
  const entry = { case: 'application', value: application } as const
  service.clock.advance(1000)
  await service.as(person).append({ chatId: chat.id, messageId, entry })
  return messageId
}

async function inboxOf(person: Person, after = 0n): Promise<InboxItem[]> {
  const abort = new AbortController()
  const items: InboxItem[] = []
  const stream = service.as(person).subscribe({ inboxPosition: after }, { signal: abort.signal })
  for await (const { event } of stream) {
    if (event.case === 'inbox') items.push(...event.value.items)
    if (event.case === 'caughtUp') break
  }
  abort.abort()
  return items
}

/** Every row of every table that names the chat, and the entries byte by byte. */
async function dump(): Promise<string> {
  const { rows } = await service.database.query<{ row: string }>(
    `SELECT entries::text AS row FROM entries WHERE chat_id = $1
     UNION ALL SELECT inbox::text FROM inbox WHERE subject = $1
     UNION ALL SELECT welcomes::text FROM welcomes WHERE chat_id = $1`,
    [chat.id],
  )
  return rows.map(({ row }) => row).join('\n')
}

async function ensureHashesAddUp(entries: readonly Entry[], from: bigint): Promise<void> {
  const { rows } = await service.database.query<{ position: bigint; entryHash: Buffer; logHash: Buffer }>(
    `SELECT position, entry_hash AS "entryHash", log_hash AS "logHash" FROM entries WHERE chat_id = $1 ORDER BY position`,
    [chat.id],
  )
  let hash: Uint8Array = EMPTY_LOG_HASH
  for (const row of rows) {
    hash = nextLogHash(hash, row.entryHash)
    expect(Buffer.from(hash)).toEqual(row.logHash)
  }
  const removed = entries.filter(({ kind }) => kind === REMOVED)
  for (const { position, entryHash } of removed) {
    expect(Buffer.from(entryHash)).toEqual(rows[Number(position - from)]!.entryHash)
  }
}

test('M22 a new chat is kept, and is kept only while both wish it; every device is told, once', async () => {
  const laptop = await withNewDevice(bob)
  service.accounts.add(laptop)
  const { keyPackage } = await newKeyPackage(laptop.device, { nowMs: Date.now() })
  const added = await commit(groups[1], bob.device, { add: [keyPackage] })
  const handshake = { commit: added.commit, welcome: added.welcome! }
  await service
    .as(bob)
    .append({ chatId: chat.id, messageId: randomBytes(16), entry: { case: 'handshake', value: handshake } })
  expect((await service.as(bob).listChats({})).chats).toMatchObject([
    { kept: true, ownKept: true, peerKept: true, keptRevision: 0n },
  ])
  expect(await setKept(alice, false)).toMatchObject({ kept: false, ownKept: false, peerKept: true })
  expect(await setKept(alice, false)).toMatchObject({ kept: false, keptRevision: 1n })
  expect(await setKept(bob, false)).toMatchObject({ kept: false, ownKept: false, peerKept: false })
  expect(await setKept(alice, true)).toMatchObject({ kept: false, ownKept: true, peerKept: false })
  const changed = { case: 'chatChanged' } as const
  for (const device of [bob, laptop]) {
    const told = (await inboxOf(device)).filter(({ item }) => item.case === changed.case)
    expect(told).toMatchObject([
      { item: { value: { kept: false, ownKept: false, peerKept: true, keptRevision: 3n } } },
    ])
  }
  expect(await setKept(laptop, true)).toMatchObject({ kept: true, peer: { handle: alice.handle } })
  expect((await inboxOf(alice)).at(-1)).toMatchObject({
    item: { ...changed, value: { kept: true, ownKept: true, peerKept: true, keptRevision: 4n } },
  })
  const welcomed = (await inboxOf(laptop)).find(({ item }) => item.case === 'welcome')
  expect(welcomed).toMatchObject({ item: { value: { chat: { kept: true, keptRevision: 4n } } } })
})

test('M22 each device of an account holds back what it has not acknowledged, until it ends', async () => {
  const laptop = await withNewDevice(bob)
  service.accounts.add(laptop)
  const { keyPackage } = await newKeyPackage(laptop.device, { nowMs: Date.now() })
  const { commit: bytes, welcome, next } = await commit(groups[1], bob.device, { add: [keyPackage] })
  const entry = { case: 'handshake', value: { commit: bytes, welcome: welcome! } } as const
  await service.as(bob).append({ chatId: chat.id, messageId: randomBytes(16), entry })
  groups[1] = next
  await setKept(alice, false)
  await write(bob)
  for (const person of [alice, bob]) await acknowledge(person, 3n)
  await sweep()
  expect(await kindsOf(bob)).toEqual([REMOVED, REMOVED, APPLICATION])
  service.accounts.removeDevice(laptop)
  await service.serviceContext.bus.publish(ENDED_DEVICE_TOPIC, encodeEndedDevice(laptop))
  await vi.waitFor(async () => expect(await kindsOf(bob)).toEqual(Array(3).fill(REMOVED)), 20_000)
})

test('M22 a device that is in its stream is told at once', async () => {
  const abort = new AbortController()
  const stream = service.as(bob).subscribe({}, { signal: abort.signal })[Symbol.asyncIterator]()
  while ((await stream.next()).value!.event.case !== 'caughtUp') {}
  await setKept(alice, false)
  const { event } = (await stream.next()).value!
  expect(event).toMatchObject({ case: 'inbox', value: { items: [{ item: { case: 'chatChanged' } }] } })
  abort.abort()
})

test('A14 who is not in the chat changes nothing and learns nothing', async () => {
  const eve = await service.enrol('eve')
  for (const chatId of [chat.id, randomBytes(16), randomBytes(3)]) {
    expect(await refusalOf(service.as(eve).setKept({ chatId, kept: false }))).toBe('NotFound chat_unknown')
  }
  expect((await service.as(alice).listChats({})).chats).toMatchObject([{ kept: true }])
})

test('M22 once everybody has it nothing is left but position and hash, commits included', async () => {
  const ids = [await write(alice), await write(bob), await write(alice)]
  const { handshake } = await updateCommit(alice, groups[0])
  await service
    .as(alice)
    .append({ chatId: chat.id, messageId: randomBytes(16), entry: { case: 'handshake', value: handshake } })
  const whole = await entriesOf(alice)
  for (const person of [alice, bob]) await acknowledge(person, 5n, 100n)
  await sweep()
  expect(await kindsOf(bob)).toEqual([COMMIT, APPLICATION, APPLICATION, APPLICATION, COMMIT])
  service.clock.advance(1000)
  await setKept(bob, false)
  await vi.waitFor(async () => expect(await kindsOf(bob)).toEqual(Array(5).fill(REMOVED)), 20_000)
  const left = await entriesOf(bob)
  for (const [index, entry] of left.entries()) {
    expect(entry).toMatchObject({
      position: BigInt(index + 1),
      accountId: new Uint8Array(),
      deviceId: new Uint8Array(),
      messageId: new Uint8Array(),
      epoch: 0n,
      mlsMessage: new Uint8Array(),
      contentCiphertext: new Uint8Array(),
      wrappedKey: new Uint8Array(),
      receivedAtMs: 0n,
    })
    expect(entry.entryHash).toHaveLength(32)
  }
  await ensureHashesAddUp(left, 1n)
  const { rows } = await service.database.query(
    `SELECT device, message_id, epoch, received_at_ms, payload FROM entries WHERE chat_id = $1`,
    [chat.id],
  )
  const nothing = { device: null, message_id: null, epoch: null, received_at_ms: null, payload: null }
  expect(rows).toEqual(Array(5).fill(nothing))
  const bytes = await dump()
  expect(bytes).toContain(Buffer.from(left[0]!.entryHash).toString('hex'))
  const times = whole.slice(1, 4).map(({ receivedAtMs }) => String(receivedAtMs))
  for (const needle of [...ids.map((id) => Buffer.from(id).toString('hex')), ...times]) {
    expect(bytes).not.toContain(needle)
  }
  await expect(
    service.database.query(`UPDATE entries SET received_at_ms = 1 WHERE chat_id = $1`, [chat.id]),
  ).rejects.toThrow('entries_removed')
})

test('M22 what a device has not acknowledged is never removed', async () => {
  await setKept(alice, false)
  await write(alice)
  const second = await write(bob)
  await acknowledge(alice, 3n)
  await acknowledge(bob, 2n)
  await sweep()
  expect(await kindsOf(bob)).toEqual([REMOVED, REMOVED, APPLICATION])
  expect((await entriesOf(bob))[2]!.messageId).toEqual(Uint8Array.from(second))
  await acknowledge(bob, 3n)
  await sweep()
  expect(await kindsOf(alice)).toEqual([REMOVED, REMOVED, REMOVED])
})

test('A13 M22 an Append is answered with its first position until its sender has acknowledged it', async () => {
  await setKept(alice, false)
  const { application } = await message(alice, groups[0])
  const request = {
    chatId: chat.id,
    messageId: randomBytes(16),
    entry: { case: 'application', value: application } as const,
  }
  await service.as(alice).append(request)
  await acknowledge(bob, 2n)
  await sweep()
  expect(await service.as(alice).append(request)).toMatchObject({ position: 2n })
  await acknowledge(alice, 1n)
  await sweep()
  expect(await service.as(alice).append(request)).toMatchObject({ position: 2n })
  expect(await kindsOf(alice)).toEqual([REMOVED, APPLICATION])
})

test('M22 kept again, it is from the next entry on', async () => {
  await write(alice)
  await setKept(alice, false)
  await write(bob)
  await setKept(alice, true)
  await write(alice)
  for (const person of [alice, bob]) await acknowledge(person, 4n)
  await sweep()
  expect(await kindsOf(alice)).toEqual([REMOVED, REMOVED, REMOVED, APPLICATION])
  await setKept(bob, false)
  await sweep()
  expect(await kindsOf(alice)).toEqual([REMOVED, REMOVED, REMOVED, REMOVED])
})

test('M22 a device that comes in later gets the hash of a log that is removed before it', async () => {
  await setKept(alice, false)
  await write(alice)
  for (const person of [alice, bob]) await acknowledge(person, 2n)
  await sweep()
  const laptop = await withNewDevice(bob)
  service.accounts.add(laptop)
  const { keyPackage } = await newKeyPackage(laptop.device, { nowMs: Date.now() })
  const added = await commit(groups[1], bob.device, { add: [keyPackage] })
  const handshake = { commit: added.commit, welcome: added.welcome! }
  await service
    .as(bob)
    .append({ chatId: chat.id, messageId: randomBytes(16), entry: { case: 'handshake', value: handshake } })
  for (const person of [alice, bob]) await acknowledge(person, 3n)
  await sweep()
  expect(await kindsOf(bob)).toEqual([REMOVED, REMOVED, REMOVED])
  const welcomed = (await inboxOf(laptop)).find(({ item }) => item.case === 'welcome')
  const hashes = (await entriesOf(bob)).map(({ entryHash }) => entryHash)
  const logHash = hashes.reduce<Uint8Array>((hash, own) => nextLogHash(hash, own), EMPTY_LOG_HASH)
  expect(welcomed!.item).toMatchObject({
    value: { position: 3n, logHash: Uint8Array.from(logHash), chat: { kept: false, peerKept: false } },
  })
})

test('M22 many entries go in pieces, and who dies between two finds the rest again', async () => {
  const { rows } = await service.database.query<{ device: bigint }>(
    'SELECT device FROM devices WHERE device_id = $1',
    [DeviceId.toBytes(alice.deviceId)],
  )
  await service.database.query(
    `INSERT INTO entries (chat_id, position, kind, device, message_id, epoch, entry_hash, log_hash, payload, received_at_ms)
     SELECT $1, n, 1, $2, int8send(n), 1, '\\x00', '\\x00', '\\x00', 1 FROM generate_series(2, 1800) AS n`,
    [chat.id, rows[0]!.device],
  )
  await service.database.query('UPDATE chats SET head = 1800 WHERE chat_id = $1', [chat.id])
  await setKept(alice, false)
  for (const person of [alice, bob]) await acknowledge(person, 1750n)
  const counted = async () => {
    const { rows } = await service.database.query<{ removed: bigint; swept: bigint }>(
      `SELECT count(*) FILTER (WHERE kind = 3) AS removed, (SELECT swept FROM chats WHERE chat_id = $1) AS swept
       FROM entries WHERE chat_id = $1`,
      [chat.id],
    )
    return rows[0]!
  }
  const before = await counted()
  let transactions = 0
  const mortal: Database = {
    ...service.database,
    query: service.database.query.bind(service.database),
    transaction: (work, options) => {
      if (++transactions > 2) throw new Error('died')
      return service.database.transaction(work, options)
    },
  }
  await sweepOf(mortal).run()
  expect(before.removed).toBeLessThanOrEqual(1n)
  expect(await counted()).toMatchObject({ removed: 1000n })
  await Promise.all([sweep(), sweep()])
  expect(await counted()).toEqual({ removed: 1750n, swept: 1750n })
})

test('M22 a sweep that fails says so, and is done the next time', async () => {
  const warn = vi.fn()
  const query = vi.fn(service.database.query.bind(service.database)).mockRejectedValueOnce(new Error('away'))
  const database = {
    ...service.database,
    query,
    transaction: service.database.transaction.bind(service.database),
  }
  const own = new Sweep({
    database: database as Database,
    clock: service.clock,
    log: { ...silentLogger, warn },
  })
  await setKept(alice, false)
  await write(alice)
  for (const person of [alice, bob]) await acknowledge(person, 2n)
  await own.run()
  expect(warn).toHaveBeenCalledOnce()
  database.connect = service.database.connect.bind(service.database)
  await own.run()
  expect(warn).toHaveBeenCalledOnce()
  expect(await kindsOf(alice)).toEqual([REMOVED, REMOVED])
  await own.stop()
})
