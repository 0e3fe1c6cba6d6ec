import { randomBytes } from 'node:crypto'
import { commit, newKeyPackage, revokeDevice } from '@veche/mls'
import { AccountId, DeviceId } from '@veche/protocol'
import type { InboxItem } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Person, privateState, withNewDevice } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import {
  type OpenChat,
  openChatBetween,
  startTestService,
  type TestService,
} from '../testing/test-service.ts'

let service: TestService
let alice: Person
let bob: Person
let chat: OpenChat

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  alice = await service.enrol('alice')
  bob = await service.enrol('bob')
  chat = await openChatBetween(service, alice, bob)
})

/** Alice loses her device and has a new one. */
async function newDeviceOfAlice(): Promise<Person> {
  const renewed = await withNewDevice(alice)
  service.accounts.add(renewed)
  service.accounts.removeDevice(alice, await revokeDevice(alice.sign, alice.accountKey, alice.deviceId))
  return renewed
}

/** Opens a stream for a moment. */
async function appear(person: Person): Promise<void> {
  for await (const { event } of service.as(person).subscribe({})) if (event.case === 'caughtUp') return
}

/** Reads until there are so many of a kind, and then to where everything missed has come. */
async function inboxOf(person: Person, kind: InboxItem['item']['case'], least: number): Promise<InboxItem[]> {
  const found: InboxItem[] = []
  let isCaughtUp = false
  for await (const { event } of service.as(person).subscribe({})) {
    if (event.case === 'inbox') found.push(...event.value.items.filter(({ item }) => item.case === kind))
    isCaughtUp ||= event.case === 'caughtUp'
    if (isCaughtUp && found.length >= least) return found
  }
  throw new Error('the stream ended')
}

test('a device that is in none of its chats makes itself known to those that are, once', async () => {
  const renewed = await newDeviceOfAlice()
  await appear(renewed)
  await appear(renewed)
  const [told, ...more] = await inboxOf(bob, 'devicesChanged', 1)
  expect(told?.item.value).toMatchObject({ chatId: new Uint8Array(chat.id) })
  expect(more).toEqual([])
})

test('a device that is in all its chats tells nobody', async () => {
  await appear(alice)
  await appear(bob)
  expect(await inboxOf(bob, 'devicesChanged', 0)).toEqual([])
})

test('the devices that should be in a chat are told with the words on those that should not, and a grant', async () => {
  const renewed = await newDeviceOfAlice()
  const { accounts } = await service.as(bob).listChatDevices({ chatId: chat.id })
  const of = (person: Person) =>
    accounts.find((account) => AccountId.fromBytes(account.person!.accountId) === person.accountId)!
  expect(of(alice).devices.map(({ deviceId }) => DeviceId.fromBytes(deviceId))).toEqual([renewed.deviceId])
  expect(of(alice).revocations).toHaveLength(1)
  expect(of(alice).grant.length).toBeGreaterThan(64)
  expect(of(bob)).toMatchObject({ revocations: [], grant: new Uint8Array() })
})

test('who is not in a chat learns nothing of its devices', async () => {
  const renewed = await newDeviceOfAlice()
  const carol = await service.enrol('carol')
  for (const stranger of [carol, renewed]) {
    const call = service.as(stranger).listChatDevices({ chatId: chat.id })
    expect(await refusalOf(call)).toBe('NotFound chat_unknown')
  }
})

test('the new device comes in and the revoked one goes out by one commit, and all is as it should be', async () => {
  const renewed = await newDeviceOfAlice()
  const { keyPackage } = await newKeyPackage(renewed.device, { nowMs: Date.now() })
  const revocation = await revokeDevice(alice.sign, alice.accountKey, alice.deviceId)
  const state = { ...privateState(alice, bob), revokedDevices: [DeviceId.toBytes(alice.deviceId)] }
  const intent = { add: [keyPackage], remove: [0], revocations: [revocation], state }
  const pending = await commit(chat.groups[1], bob.device, intent)
  const handshake = { commit: pending.commit, ...(pending.welcome && { welcome: pending.welcome }) }
  const entry = { case: 'handshake', value: handshake } as const
  await service.as(bob).append({ chatId: chat.id, messageId: randomBytes(16), entry })
  expect(await inboxOf(renewed, 'welcome', 1)).toHaveLength(1)
  const { accounts } = await service.as(renewed).listChatDevices({ chatId: chat.id })
  expect(accounts.map(({ grant, revocations }) => grant.length + revocations.length)).toEqual([0, 0])
})
