/** Invite links with history (M13, M15): docs/wire/archive.md. */
import { randomBytes } from 'node:crypto'
import { newInvite, view, withJoiners } from '@veche/mls'
import { AccountId } from '@veche/protocol'
import type { InviteHistoryPage } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Invite } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { silentLogger } from '@veche/service-kit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Sweep } from '../kept/sweep.ts'
import { type TestGroup, withRoles } from '../testing/group.ts'
import { type Person, withNewDevice } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { startTestService, type TestService } from '../testing/test-service.ts'
import { gather } from '../testing/trio.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const KIB = 1024
const INVALID = 'InvalidArgument commit_invalid'
const UNKNOWN = 'NotFound invite_unknown'

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
  await group.write(alice)
  seed = randomBytes(32)
  invite = { ...(await newInvite(seed)), withHistory: true }
})

/** Alice's link comes to live. @returns its first page */
async function offer(firstPage = randomBytes(500), invites = [invite]): Promise<Uint8Array> {
  const made = await group.commit(alice, [], { state: { ...group.state, invites } })
  for (const info of made.handshake.groupInfos) if (info.historyPage.length > 0) info.historyPage = firstPage
  await group.append(alice, made.handshake)
  await group.took(alice, made)
  return firstPage
}

/** Somebody commits, and hands on the key of the new epoch. */
async function goOn(person: Person = alice): Promise<Uint8Array> {
  const made = await group.commit(person, [], {})
  await group.append(person, made.handshake)
  await group.took(person, made)
  return made.handshake.groupInfos[0]!.historyPage
}

const pagesAs = (person: Person, after = 0n, inviteId: Uint8Array = invite.id) =>
  service.as(person).listInviteHistory({ chatId: group.id, inviteId, after })
const bytesOf = (pages: readonly InviteHistoryPage[]) => pages.map(({ sealed }) => Buffer.from(sealed))
const archiveOf = (person: Person, before: bigint) =>
  service.as(person).listArchive({ chatId: group.id, before })
const rowsOf = async () => {
  const { rowCount } = await service.database.query('SELECT FROM invite_history WHERE chat_id = $1', [
    group.id,
  ])
  return rowCount
}

test('M13, M15 pages of all commits are there for who holds the link, in their order, whoever committed', async () => {
  const first = await offer()
  const pages = [first, await goOn()]
  await group.join(bob, seed)
  pages.push(await goOn(bob))
  const { pages: given, more } = await pagesAs(carol)
  expect(more).toBe(false)
  expect(given).toHaveLength(4)
  expect([...bytesOf(given).slice(0, 2), bytesOf(given)[3]]).toEqual(pages.map((page) => Buffer.from(page)))
  expect(given.map(({ number }) => number)).toEqual([3n, 4n, 5n, 6n])
  const { pages: later } = await pagesAs(carol, 4n)
  expect(bytesOf(later)).toEqual(bytesOf(given).slice(2))
  expect((await pagesAs(carol, 6n)).pages).toEqual([])
  expect((await pagesAs(carol, 2n ** 64n - 1n)).pages).toEqual([])
})

test('M13, M15 who comes by a link with history reads from the beginning, others what follows', async () => {
  const otherSeed = randomBytes(32)
  const other = await newInvite(otherSeed)
  await offer(undefined, [invite, other])
  await group.write(alice)
  await group.join(bob, otherSeed)
  await group.join(carol, seed)
  expect((await pagesAs(carol, 0n, other.id)).pages).toEqual([])
  expect((await archiveOf(bob, 5n)).entries).toEqual([])
  const whole = await archiveOf(carol, 7n)
  expect(whole.entries.map((entry) => entry.position)).toEqual([1n, 2n, 3n, 4n, 5n, 6n])
  expect(whole.more).toBe(false)
  // Another device of an account that reads little comes by a link that opens all.
  const laptop = await withNewDevice(bob)
  service.accounts.add(laptop)
  await group.join(laptop, seed)
  expect((await archiveOf(bob, 5n)).entries).toHaveLength(4)
  // And nobody reads less by another that opens nothing.
  const tablet = await withNewDevice(carol)
  service.accounts.add(tablet)
  await group.join(tablet, otherSeed)
  expect((await archiveOf(carol, 5n)).entries).toHaveLength(4)
})

test('M13 certificates of those who have left are there for who comes with history', async () => {
  await offer()
  await group.join(bob, seed)
  await group.write(bob)
  const state = withRoles(withJoiners(view(group.of(alice))), [bob, undefined])
  await group.change(alice, [], { remove: group.leavesOf(bob), state })
  await group.join(carol, seed)
  const { entries } = await archiveOf(carol, 100n)
  const written = entries.filter(({ accountId }) => accountId.length > 0)
  const senders = written.map(({ accountId, deviceId }) => ({ accountId, deviceId }))
  const { devices } = await service.as(carol).listSenders({ chatId: group.id, senders })
  expect(devices).toHaveLength(2)
  expect(devices.map(({ signatureKey }) => Buffer.from(signatureKey))).toContainEqual(
    Buffer.from(bob.device.signaturePublicKey),
  )
})

test('M13 pages go with the link: where it is revoked, and where it has expired', async () => {
  await offer()
  await goOn()
  expect(await rowsOf()).toBe(2)
  await group.change(alice, [], { state: { ...group.state, invites: [] } })
  expect(await rowsOf()).toBe(0)
  expect(await refusalOf(pagesAs(bob))).toBe(UNKNOWN)
  invite = { ...(await newInvite(randomBytes(32))), withHistory: true }
  await offer()
  service.clock.advance(7 * DAY_MS)
  expect(await refusalOf(pagesAs(bob))).toBe('FailedPrecondition invite_expired')
  await goOn()
  expect(await rowsOf()).toBe(1) // nothing is added to what nobody gets
  await new Sweep({ database: service.database, clock: service.clock, log: silentLogger }).run()
  expect(await rowsOf()).toBe(0)
})

test('M13 A5 pages are for nobody who guesses, is banned, or comes too late', async () => {
  await offer()
  expect(await refusalOf(pagesAs(bob, 0n, randomBytes(16)))).toBe(UNKNOWN)
  expect(await refusalOf(pagesAs(bob, 0n, new Uint8Array()))).toBe(UNKNOWN)
  const wrongChat = service.as(bob).listInviteHistory({ chatId: randomBytes(16), inviteId: invite.id })
  expect(await refusalOf(wrongChat)).toBe(UNKNOWN)
  await group.join(bob, seed)
  const without = withRoles(withJoiners(view(group.of(alice))), [bob, undefined])
  const state = { ...without, bannedAccounts: [AccountId.toBytes(bob.accountId)] }
  await group.change(alice, [], { remove: group.leavesOf(bob), state })
  expect(await refusalOf(pagesAs(bob))).toBe('PermissionDenied not_allowed')
  const { rowCount } = await service.database.query('UPDATE invites SET uses = max_uses WHERE chat_id = $1', [
    group.id,
  ])
  expect(rowCount).toBe(1)
  expect(await refusalOf(pagesAs(carol))).toBe('FailedPrecondition invite_used_up')
})

test('M13 size first: a page is there where it must be, of the length that it may have', async () => {
  const made = await group.commit(alice, [], { state: { ...group.state, invites: [invite] } })
  const wrong = async (page: Uint8Array) => {
    const [info] = made.handshake.groupInfos
    const groupInfos = [{ ...info!, historyPage: page }]
    return refusalOf(group.append(alice, { ...made.handshake, groupInfos }))
  }
  expect(await wrong(new Uint8Array())).toBe(INVALID)
  expect(await wrong(randomBytes(256 * KIB + 1))).toBe(INVALID)
  await offer(randomBytes(256 * KIB))
  const next = await group.commit(alice, [], {})
  const [info] = next.handshake.groupInfos
  for (const length of [0, 257]) {
    const groupInfos = [{ ...info!, historyPage: randomBytes(length) }]
    expect(await refusalOf(group.append(alice, { ...next.handshake, groupInfos }))).toBe(INVALID)
  }
  const join = await group.joinBy(bob, seed)
  for (const length of [0, 257]) {
    const groupInfos = [{ ...join.handshake.groupInfos[0]!, historyPage: randomBytes(length) }]
    expect(await refusalOf(group.sendJoin(bob, { ...join.handshake, groupInfos }))).toBe(INVALID)
  }
  const plain = await newInvite(randomBytes(32))
  const closed = await group.commit(alice, [], { state: { ...group.state, invites: [plain] } })
  const groupInfos = [{ ...closed.handshake.groupInfos[0]!, historyPage: randomBytes(100) }]
  expect(await refusalOf(group.append(alice, { ...closed.handshake, groupInfos }))).toBe(INVALID)
})

test('M13 many pages come a megabyte at a time', async () => {
  await offer(randomBytes(256 * KIB))
  await service.database.query(
    `INSERT INTO invite_history SELECT chat_id, invite_id, position + n, page
     FROM invite_history, generate_series(1, 5) AS n WHERE chat_id = $1`,
    [group.id],
  )
  const first = await pagesAs(bob)
  expect([first.pages.length, first.more]).toEqual([4, true])
  const second = await pagesAs(bob, first.pages.at(-1)!.number)
  expect([second.pages.length, second.more]).toEqual([2, false])
})

test('M13 a group that is open to everybody shows them nothing older', async () => {
  const open = { ...invite, open: true }
  const made = group.commit(alice, [], { state: { ...group.state, invites: [open] } })
  await expect(made).rejects.toThrow('open with history')
})
