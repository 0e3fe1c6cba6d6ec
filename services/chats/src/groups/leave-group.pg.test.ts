import { randomBytes } from 'node:crypto'
import { requestLeave, revokeDevice, view } from '@veche/mls'
import { DeviceId } from '@veche/protocol'
import { EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { TestGroup, withRoles } from '../testing/group.ts'
import { itemsOf } from '../testing/inbox.ts'
import { type Person, withNewDevice } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { openChatBetween, startTestService, type TestService } from '../testing/test-service.ts'
import { gather } from '../testing/trio.ts'

let service: TestService
let alice: Person
let bob: Person
let carol: Person
let group: TestGroup

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  ;({ alice, bob, carol, group } = await gather(service, 'allowed'))
  await group.add(alice, Role.MEMBER, bob, carol)
})

async function wishOf(person: Person): Promise<Uint8Array> {
  const { groupId, epoch } = view(group.of(person))
  return requestLeave(person.device, groupId, epoch)
}
const leave = (person: Person, leaveRequest: Uint8Array, chatId: Uint8Array = group.id) =>
  service.as(person).leaveGroup({ chatId, leaveRequest })
const wishes = async (person: Person) =>
  (await service.as(person).listChatDevices({ chatId: group.id })).leaveRequests

test('M13 who wishes to leave is taken out by any other, on the signed wish', async () => {
  const wish = await wishOf(bob)
  await leave(bob, wish)
  await leave(bob, wish)
  for (const person of [alice, carol]) {
    expect(await itemsOf(service, person, 'devicesChanged')).toMatchObject([{ value: { chatId: group.id } }])
  }
  expect(await itemsOf(service, bob, 'devicesChanged')).toEqual([])
  const [listed, ...more] = await wishes(carol)
  expect([Buffer.from(listed!), more]).toEqual([Buffer.from(wish), []])
  const state = withRoles(group.state, [bob, undefined])
  await group.change(carol, [], { state, remove: group.leavesOf(bob), leaveRequests: [listed!] })
  expect(await wishes(alice)).toEqual([])
  expect((await service.as(bob).listChats({})).chats).toEqual([])
  expect(await refusalOf(leave(bob, wish))).toBe('NotFound chat_unknown')
  await group.write(carol)
})

test('M13 an account’s last wish counts, for as long as members accept it', async () => {
  await leave(bob, await wishOf(bob))
  await group.change(alice, [], {})
  const later = await wishOf(bob)
  await leave(bob, later)
  const listed = await wishes(alice)
  expect(listed.map((wish) => Buffer.from(wish))).toEqual([Buffer.from(later)])
  await service.database.query('UPDATE chats SET epoch = epoch + 64 WHERE chat_id = $1', [group.id])
  expect(await wishes(alice)).toHaveLength(1)
  await service.database.query('UPDATE chats SET epoch = epoch + 1 WHERE chat_id = $1', [group.id])
  expect(await wishes(alice)).toEqual([])
})

test('M13 the wish of a device that is no longer in the group is no ground for anything', async () => {
  await leave(bob, await wishOf(bob))
  const laptop = await withNewDevice(bob)
  service.accounts.add(laptop, 'allowed')
  const revocation = await revokeDevice(bob.sign, bob.accountKey, bob.deviceId)
  const state = { ...group.state, revokedDevices: [DeviceId.toBytes(bob.deviceId)] }
  const remove = group.leavesOf(bob)
  await group.change(carol, [laptop], { state, remove, revocations: [revocation] })
  expect(await wishes(carol)).toEqual([])
})

test('A2 nobody leaves for another, by another device, elsewhere or at another time', async () => {
  const other = await new TestGroup((person) => service.as(person), alice).create()
  await other.add(alice, Role.MEMBER, bob)
  const { groupId, epoch } = view(group.of(bob))
  const laptop = await withNewDevice(bob)
  service.accounts.add(laptop, 'allowed')
  await group.change(bob, [laptop], {})
  const good = await wishOf(bob)
  const broken = Uint8Array.from(good)
  broken[broken.length - 1]! ^= 1
  for (const [person, wish] of [
    [carol, good],
    [laptop, good],
    [bob, broken],
    [bob, new Uint8Array()],
    [bob, randomBytes(1000)],
    [bob, await requestLeave(bob.device, view(other.of(bob)).groupId, epoch)],
    [bob, await requestLeave(bob.device, groupId, epoch + 2n)],
  ] as const) {
    expect(await refusalOf(leave(person, wish))).toBe('InvalidArgument leave_invalid')
  }
  expect(await wishes(alice)).toEqual([])
  const { id } = await openChatBetween(service, alice, carol)
  for (const chatId of [id, randomBytes(16), new Uint8Array()]) {
    expect(await refusalOf(leave(alice, good, chatId))).toBe('NotFound chat_unknown')
  }
  const eve = await service.enrol('eve', 'allowed')
  expect(await refusalOf(leave(eve, good))).toBe('NotFound chat_unknown')
})

test('M15 M22 who has the right says for all whether the history is kept; the others may not', async () => {
  const setKept = (person: Person, kept: boolean) => service.as(person).setKept({ chatId: group.id, kept })
  expect(await refusalOf(setKept(bob, false))).toBe('PermissionDenied not_allowed')
  const off = { kept: false, ownKept: false, peerKept: false, keptRevision: 1n }
  expect(await setKept(alice, false)).toMatchObject({ chat: off })
  expect(await setKept(alice, false)).toMatchObject({ chat: off })
  expect(await itemsOf(service, bob, 'chatChanged')).toMatchObject([{ value: off }])
  await group.change(alice, [], { state: withRoles(group.state, [bob, Role.OWNER]) })
  for (const person of [alice, bob, carol]) {
    const { chats } = await service.as(person).listChats({})
    const { head } = chats.find(({ chatId }) => Buffer.compare(chatId, group.id) === 0)!
    await service.as(person).acknowledge({ positions: [{ chatId: group.id, position: head }] })
  }
  const isGone = async () => {
    const { entries } = await service.as(alice).listEntries({ chatId: group.id, limit: 500 })
    return entries.every(({ kind }) => kind === EntryKind.REMOVED)
  }
  await setKept(bob, true)
  await expect
    .poll(async () => [await setKept(bob, false), await isGone()][1], { timeout: 30_000 })
    .toBe(true)
  expect((await setKept(bob, true)).chat).toMatchObject({ kept: true })
})

test('M22 a Welcome brings the profile though its commit is removed', async () => {
  await service.as(alice).setKept({ chatId: group.id, kept: false })
  const dave = await service.enrol('dave', 'allowed')
  await group.add(alice, Role.MEMBER, dave)
  await service.database.query(
    `UPDATE entries SET kind = 3, device = NULL, message_id = NULL, epoch = NULL, received_at_ms = NULL, payload = NULL
     WHERE chat_id = $1`,
    [group.id],
  )
  const [welcome] = await itemsOf(service, dave, 'welcome')
  expect(welcome?.case === 'welcome' && Buffer.from(welcome.value.profileCiphertext)).toEqual(group.profile)
  expect(welcome).toMatchObject({ value: { chat: { kept: false } } })
})
