/** What has been kept of a chat, for devices that come later: docs/wire/archive.md. */
import { hash, randomBytes } from 'node:crypto'
import { commit, type Group, newKeyPackage } from '@veche/mls'
import { AccountId, DeviceId, EMPTY_LOG_HASH, equalBytes } from '@veche/protocol'
import {
  type ArchivedEntry,
  EntryKind,
  type ListArchiveResponse,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { silentLogger } from '@veche/service-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { nextLogHash } from '../append/entry-hash.ts'
import { Sweep } from '../kept/sweep.ts'
import { TestGroup, withRoles } from '../testing/group.ts'
import { message, type Person, withNewDevice } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import {
  type OpenChat,
  openChatBetween,
  startTestService,
  type TestService,
} from '../testing/test-service.ts'

const UNKNOWN = 'NotFound chat_unknown'
const { APPLICATION, COMMIT, REMOVED } = EntryKind

let service: TestService
let alice: Person
let bob: Person
/** Bob's second device. */
let laptop: Person
let chat: OpenChat
let groups: [Group, Group]

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  alice = await service.enrol('alice')
  bob = await service.enrol('bob')
  laptop = await withNewDevice(bob)
  service.accounts.add(laptop)
  service.accounts.removeDevice(laptop)
  chat = await openChatBetween(service, alice, bob)
  groups = [...chat.groups]
})

async function write(person: Person): Promise<void> {
  const side = person === alice ? 0 : 1
  const { application, group } = await message(person, groups[side])
  groups[side] = group
  const entry = { case: 'application', value: application } as const
  await service.as(person).append({ chatId: chat.id, messageId: randomBytes(16), entry })
}

/** Bob's other device comes in by his commit. */
async function bringInLaptop(): Promise<void> {
  service.accounts.add(laptop)
  const { keyPackage } = await newKeyPackage(laptop.device, { nowMs: Date.now() })
  const { commit: bytes, welcome } = await commit(groups[1], bob.device, { add: [keyPackage] })
  const entry = { case: 'handshake', value: { commit: bytes, welcome: welcome! } } as const
  await service.as(bob).append({ chatId: chat.id, messageId: randomBytes(16), entry })
}

const archiveOf = (person: Person, before: bigint, { chatId = chat.id, limit = 0 } = {}) =>
  service.as(person).listArchive({ chatId, before, limit })
const positionsOf = ({ entries }: Pick<ListArchiveResponse, 'entries'>) =>
  entries.map(({ position }) => position)
const acknowledge = (person: Person, position: bigint) =>
  service.as(person).acknowledge({ positions: [{ chatId: chat.id, position }] })

/** As a client computes it, from the first of them to the last. */
function hashAfter({ entries, previousLogHash }: ListArchiveResponse): Uint8Array {
  return entries.reduce<Uint8Array>((log, entry) => nextLogHash(log, hashOf(entry)), previousLogHash)
}

function hashOf(entry: ArchivedEntry): Uint8Array {
  if (entry.kind !== APPLICATION) return entry.entryHash
  const parts = [
    entry.mlsMessageHash,
    ...[entry.contentCiphertext, entry.wrappedKey].map((bytes) => hash('sha256', bytes, 'buffer')),
  ]
  const position = Buffer.alloc(8)
  position.writeBigUInt64BE(entry.position)
  const ids = [entry.accountId, entry.deviceId, entry.messageId]
  const label = Buffer.concat([Buffer.from('veche log entry v1'), Buffer.alloc(1)])
  return hash(
    'sha256',
    Buffer.concat([label, position, Buffer.from([entry.kind]), ...ids, ...parts]),
    'buffer',
  )
}

async function logHashAt(position: bigint): Promise<Buffer> {
  const { rows } = await service.database.query<{ log_hash: Buffer }>(
    'SELECT log_hash FROM entries WHERE chat_id = $1 AND position = $2',
    [chat.id, position],
  )
  return rows[0]!.log_hash
}

describe('M15 a device that came later', () => {
  test('reads what its account was there for, newest first, and every hash adds up (A9)', async () => {
    for (const person of [alice, bob, alice, alice, bob]) await write(person)
    await bringInLaptop()
    const last = await archiveOf(laptop, 7n, { limit: 2 })
    expect(positionsOf(last)).toEqual([5n, 6n])
    expect(last.more).toBe(true)
    expect(Buffer.from(hashAfter(last))).toEqual(await logHashAt(6n))
    const first = await archiveOf(laptop, 5n)
    expect(positionsOf(first)).toEqual([2n, 3n, 4n])
    expect(first.more).toBe(false)
    expect(Buffer.from(hashAfter(first))).toEqual(Buffer.from(last.previousLogHash))
    expect(await archiveOf(laptop, 2n)).toMatchObject({ entries: [], more: false })
    const { entries } = await service.as(bob).listEntries({ chatId: chat.id })
    const [original] = entries.filter(({ position }) => position === 2n)
    const [archived] = first.entries
    expect(archived).toMatchObject({
      kind: APPLICATION,
      accountId: original!.accountId,
      deviceId: original!.deviceId,
      messageId: original!.messageId,
      epoch: original!.epoch,
      contentCiphertext: original!.contentCiphertext,
      wrappedKey: original!.wrappedKey,
      receivedAtMs: original!.receivedAtMs,
    })
    expect(Buffer.from(archived!.mlsMessageHash)).toEqual(hash('sha256', original!.mlsMessage, 'buffer'))
  })

  test('gets commits as their hashes, and who made the chat reads from its beginning', async () => {
    await write(alice)
    await bringInLaptop()
    const page = await archiveOf(alice, 4n)
    expect(page.entries.map(({ kind }) => kind)).toEqual([COMMIT, APPLICATION, COMMIT])
    expect(page.entries[0]).toMatchObject({
      mlsMessageHash: new Uint8Array(),
      contentCiphertext: new Uint8Array(),
    })
    expect(equalBytes(page.previousLogHash, EMPTY_LOG_HASH)).toBe(true)
    expect(Buffer.from(hashAfter(page))).toEqual(await logHashAt(3n))
  })

  test('M22 gets of what was removed nothing but the hash', async () => {
    for (const person of [alice, bob]) await write(person)
    await service.as(alice).setKept({ chatId: chat.id, kept: false })
    for (const person of [alice, bob]) await acknowledge(person, 3n)
    await new Sweep({ database: service.database, clock: service.clock, log: silentLogger }).run()
    await bringInLaptop()
    const page = await archiveOf(laptop, 4n)
    expect(page.entries.map(({ kind }) => kind)).toEqual([REMOVED, REMOVED])
    for (const { position, kind, entryHash: own, ...rest } of page.entries) {
      expect(own).toHaveLength(32)
      expect(rest).toMatchObject({
        messageId: new Uint8Array(),
        accountId: new Uint8Array(),
        receivedAtMs: 0n,
      })
    }
    expect(Buffer.from(hashAfter(page))).toEqual(await logHashAt(3n))
  })

  test('reads what a device wrote that has ended, and proves it by its certificate', async () => {
    await write(bob)
    await bringInLaptop()
    service.accounts.removeDevice(bob)
    const [written] = (await archiveOf(laptop, 3n)).entries
    const sender = { accountId: written!.accountId, deviceId: written!.deviceId }
    const { devices } = await service.as(laptop).listSenders({ chatId: chat.id, senders: [sender] })
    expect(devices).toMatchObject([
      { certificate: bob.device.certificate, signatureKey: bob.device.signaturePublicKey },
    ])
  })
})

describe('A14 the archive', () => {
  test('is nothing to who is not in the chat, and a device of a member is not before it was added', async () => {
    await write(alice)
    const eve = await service.enrol('eve')
    service.accounts.add(laptop)
    for (const stranger of [eve, laptop]) {
      for (const chatId of [chat.id, randomBytes(16), randomBytes(3)]) {
        expect(await refusalOf(archiveOf(stranger, 100n, { chatId }))).toBe(UNKNOWN)
        expect(await refusalOf(service.as(stranger).listSenders({ chatId, senders: [] }))).toBe(UNKNOWN)
      }
    }
  })

  test('of a group begins where the account came in, and ends for who is taken out: nothing at all is left', async () => {
    const group = await new TestGroup((person) => service.as(person), alice).create()
    await group.write(alice)
    service.accounts.setPolicy(bob, 'allowed')
    await service.as(alice).requestMember({ chatId: group.id, handle: bob.handle })
    await group.change(alice, [bob], { state: withRoles(group.state, [bob, Role.MEMBER]) })
    await group.write(alice)
    const page = await archiveOf(bob, 100n, { chatId: group.id })
    expect(positionsOf(page)).toEqual([4n])
    expect(page.more).toBe(false)
    const leaves = group.leavesOf(bob)
    const without = { remove: leaves, state: withRoles(group.state, [bob, undefined]) }
    await group.change(alice, [], without)
    await group.write(alice)
    expect(await refusalOf(archiveOf(bob, 4n, { chatId: group.id }))).toBe(UNKNOWN)
    await service.as(alice).requestMember({ chatId: group.id, handle: bob.handle })
    await group.change(alice, [bob], { state: withRoles(group.state, [bob, Role.MEMBER]) })
    expect(positionsOf(await archiveOf(bob, 100n, { chatId: group.id }))).toEqual([])
  })

  test('is read from where the account came in, though its first device is gone', async () => {
    await write(alice)
    await bringInLaptop()
    await service.database.query(
      `UPDATE chat_devices SET until = 3 FROM devices
       WHERE chat_devices.device = devices.device AND device_id = $1 AND chat_id = $2`,
      [DeviceId.toBytes(bob.deviceId), chat.id],
    )
    expect(positionsOf(await archiveOf(laptop, 4n))).toEqual([2n, 3n])
    expect(await refusalOf(archiveOf(bob, 4n))).toBe(UNKNOWN)
  })

  test('gives no device that was never in the chat, and no more than 200', async () => {
    const eve = await service.enrol('eve')
    const sender = (person: Person) => ({
      accountId: AccountId.toBytes(person.accountId),
      deviceId: DeviceId.toBytes(person.deviceId),
    })
    const odd = { accountId: randomBytes(5), deviceId: randomBytes(100) }
    const stolen = { ...sender(eve), deviceId: DeviceId.toBytes(bob.deviceId) }
    const senders = [sender(eve), odd, stolen, sender(alice), sender(alice)]
    const { devices } = await service.as(bob).listSenders({ chatId: chat.id, senders })
    expect(new Set(devices.map(({ deviceId }) => DeviceId.fromBytes(deviceId)))).toEqual(
      new Set([alice.deviceId]),
    )
    const many = Array.from({ length: 201 }, () => sender(alice))
    const refused = service.as(bob).listSenders({ chatId: chat.id, senders: many })
    expect(await refusalOf(refused)).toBe('InvalidArgument too_many_ids')
  })
})

test('a page holds 200 entries and 1 MiB, but always one', async () => {
  const content = Uint8Array.from(randomBytes(200 * 1024))
  for (let time = 0; time < 7; time++) {
    const { application, group } = await message(alice, groups[0])
    groups[0] = group
    const entry = { case: 'application', value: { ...application, contentCiphertext: content } } as const
    await service.as(alice).append({ chatId: chat.id, messageId: randomBytes(16), entry })
  }
  expect(positionsOf(await archiveOf(bob, 9n))).toEqual([4n, 5n, 6n, 7n, 8n])
  expect(positionsOf(await archiveOf(bob, 9n, { limit: 1 }))).toEqual([8n])
  expect(positionsOf(await archiveOf(bob, 2n ** 64n - 1n, { limit: 4_000_000_000 }))).toHaveLength(5)
})
