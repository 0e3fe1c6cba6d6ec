/** Several devices of one account: what each is told, and what all of them get. */
import { randomBytes } from 'node:crypto'
import { commit, type Group, newKeyPackage, revokeDevice } from '@veche/mls'
import { AccountId, DeviceId } from '@veche/protocol'
import type { InboxItem } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ENDED_DEVICE_TOPIC, encodeEndedDevice } from '@veche/service-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { firstCommit, message, type Person, withNewDevice } from '../testing/person.ts'
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
/** Alice's second device. */
let laptop: Person

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  alice = await service.enrol('alice')
  bob = await service.enrol('bob')
  laptop = await withNewDevice(alice)
  await appear(alice)
})

type Kind = InboxItem['item']['case']

/** Opens a stream for a moment, and gives what lies in the inbox. */
async function appear(person: Person): Promise<InboxItem[]> {
  const items: InboxItem[] = []
  for await (const { event } of service.as(person).subscribe({})) {
    if (event.case === 'inbox') items.push(...event.value.items)
    if (event.case === 'caughtUp') break
  }
  await expect.poll(() => isAnnounced(person), { timeout: 20_000 }).toBe(true)
  return items
}
async function isAnnounced({ accountId, deviceId }: Person): Promise<boolean> {
  const { rowCount } = await service.database.query(
    'SELECT FROM devices WHERE account_id = $1 AND device_id = $2 AND announced',
    [AccountId.toBytes(accountId), DeviceId.toBytes(deviceId)],
  )
  return rowCount === 1
}
const kindsOf = async (person: Person, kind: Kind) =>
  (await appear(person)).filter(({ item }) => item.case === kind).length
const told = (person: Person, kind: Kind) => expect.poll(() => kindsOf(person, kind), { timeout: 20_000 })

/** Has read everything. */
async function forget(person: Person): Promise<void> {
  const inboxPosition = (await appear(person)).at(-1)?.position ?? 0n
  await service.as(person).acknowledge({ inboxPosition })
}

async function enrol(device: Person): Promise<void> {
  service.accounts.add(device)
  await appear(device)
}

/** As accounts does it. */
async function end(device: Person, { revoked = false, tells = true } = {}): Promise<void> {
  const revocation = revoked ? await revokeDevice(device.sign, device.accountKey, device.deviceId) : undefined
  service.accounts.removeDevice(device, revocation)
  if (tells) await service.serviceContext.bus.publish(ENDED_DEVICE_TOPIC, encodeEndedDevice(device))
}

/** By a commit of one who is in the chat. */
async function bringIn(chat: OpenChat, by: Person, group: Group, device: Person): Promise<Group> {
  const { keyPackage } = await newKeyPackage(device.device, { nowMs: Date.now() })
  const { commit: bytes, welcome, next } = await commit(group, by.device, { add: [keyPackage] })
  const entry = { case: 'handshake', value: { commit: bytes, welcome: welcome! } } as const
  await service.as(by).append({ chatId: chat.id, messageId: randomBytes(16), entry })
  return next
}

describe('a new device', () => {
  test('is made known to the account’s other devices, once, and to nobody else', async () => {
    await enrol(laptop)
    await told(alice, 'ownDevicesChanged').toBe(1)
    await appear(laptop)
    await forget(alice)
    await appear(laptop)
    await service.restart()
    for (const person of [alice, laptop, bob]) expect(await kindsOf(person, 'ownDevicesChanged')).toBe(0)
  })

  test('is told of again to who has read of another, and has not said so', async () => {
    await enrol(laptop)
    await told(alice, 'ownDevicesChanged').toBe(1)
    const [first] = await appear(alice)
    await enrol(await withNewDevice(alice))
    await expect.poll(async () => (await appear(alice)).at(-1)!.position > first!.position).toBe(true)
    expect(await kindsOf(alice, 'ownDevicesChanged')).toBe(1)
    expect(await kindsOf(laptop, 'ownDevicesChanged')).toBe(1)
  })

  test('is told of to a stream that is open', async () => {
    const stream = service.as(alice).subscribe({})[Symbol.asyncIterator]()
    const next = async () => (await stream.next()).value?.event
    while ((await next())?.case !== 'caughtUp');
    await enrol(laptop)
    const event = await next()
    expect(event?.case === 'inbox' && event.value.items[0]?.item.case).toBe('ownDevicesChanged')
    await stream.return?.(undefined)
  })
})

describe('a device that ends', () => {
  beforeEach(async () => {
    await enrol(laptop)
    await told(alice, 'ownDevicesChanged').toBe(1)
    await forget(alice)
  })

  test('is told of to the account’s other devices', async () => {
    await end(laptop)
    await told(alice, 'ownDevicesChanged').toBe(1)
    await forget(alice)
    await service.restart()
    expect(await kindsOf(alice, 'ownDevicesChanged')).toBe(0)
  })

  test('is found where the bus has lost it, at the start and from time to time', async () => {
    await end(laptop, { tells: false })
    await service.restart()
    await told(alice, 'ownDevicesChanged').toBe(1)
  })

  test('A3: and by its account’s word is put out of its chats: everybody in them is told', async () => {
    const chat = await openChatBetween(service, alice, bob)
    await bringIn(chat, alice, chat.groups[0], laptop)
    await forget(bob)
    await end(laptop)
    await told(alice, 'ownDevicesChanged').toBe(1)
    expect(await kindsOf(bob, 'devicesChanged')).toBe(0)
    await end(laptop, { revoked: true })
    await told(bob, 'devicesChanged').toBe(1)
    await told(alice, 'devicesChanged').toBe(1)
    const { accounts } = await service.as(bob).listChatDevices({ chatId: chat.id })
    expect(accounts.flatMap(({ revocations }) => revocations)).toHaveLength(1)
  })

  test('is told nothing any more, and what it was to be told is gone', async () => {
    const chat = await openChatBetween(service, alice, bob)
    await bringIn(chat, alice, chat.groups[0], laptop)
    const waiting = async () => {
      const { rows } = await service.database.query<{ count: bigint }>(
        'SELECT count(*) FROM inbox JOIN devices USING (device) WHERE account_id = $1 AND ending > 0',
        [AccountId.toBytes(laptop.accountId)],
      )
      return rows[0]!.count
    }
    await end(laptop)
    await told(alice, 'ownDevicesChanged').toBe(1)
    await service.as(bob).setKept({ chatId: chat.id, kept: false })
    expect(await waiting()).toBe(0n)
    expect(await kindsOf(alice, 'chatChanged')).toBe(1)
  })

  test('is told nothing of where accounts cannot be asked, until it can', async () => {
    service.accounts.unreachable = true
    await end(laptop)
    await expect.poll(() => service.logged.join()).toContain('endings_failed')
    service.accounts.unreachable = false
    expect(await kindsOf(alice, 'ownDevicesChanged')).toBe(0)
    await service.serviceContext.bus.publish(ENDED_DEVICE_TOPIC, encodeEndedDevice(laptop))
    await told(alice, 'ownDevicesChanged').toBe(1)
  })
})

describe('two devices of one account', () => {
  test('M14: each gets the Welcome of a chat that another opens, and every message', async () => {
    await enrol(laptop)
    service.accounts.setPolicy(alice, 'allowed')
    const { right } = await service.as(bob).requestChat({ handle: alice.handle })
    const packages = [alice, laptop].map(({ device }) => newKeyPackage(device, { nowMs: Date.now() }))
    const add = (await Promise.all(packages)).map(({ keyPackage }) => keyPackage)
    const first = await firstCommit(bob, alice, right!, add)
    await service
      .as(bob)
      .createChat({ chatId: right!.chatId, messageId: randomBytes(16), handshake: first.handshake })
    const streams = [alice, laptop].map((device) => service.as(device).subscribe({})[Symbol.asyncIterator]())
    for (const stream of streams) while ((await stream.next()).value?.event.case !== 'caughtUp');
    const { application } = await message(bob, first.group)
    const entry = { case: 'application', value: application } as const
    await service.as(bob).append({ chatId: right!.chatId, messageId: randomBytes(16), entry })
    for (const stream of streams) {
      const { event } = (await stream.next()).value!
      expect(event.case === 'entries' && event.value.entries[0]?.position).toBe(2n)
      await stream.return?.(undefined)
    }
    for (const device of [alice, laptop]) expect(await kindsOf(device, 'welcome')).toBe(1)
  })

  test('A7: of two that open the same chat one wins, and the other learns that it exists', async () => {
    await enrol(laptop)
    service.accounts.setPolicy(bob, 'allowed')
    const { right } = await service.as(alice).requestChat({ handle: bob.handle })
    expect((await service.as(laptop).requestChat({ handle: bob.handle })).right?.chatId).toEqual(
      right!.chatId,
    )
    const calls = [alice, laptop].map(async (device) => {
      const { handshake } = await firstCommit(device, bob, right!)
      const request = { chatId: right!.chatId, messageId: randomBytes(16), handshake }
      return service.as(device).createChat(request)
    })
    const outcomes = await Promise.allSettled(calls)
    const [lost, ...more] = outcomes.filter(({ status }) => status === 'rejected')
    expect(more).toEqual([])
    expect(await refusalOf(Promise.reject((lost as PromiseRejectedResult).reason))).toBe(
      'Aborted chat_exists',
    )
    const loser = outcomes[0]!.status === 'rejected' ? alice : laptop
    expect(await kindsOf(loser, 'chatOpened')).toBe(1)
  })

  test('a device that is connected while another opens a chat is brought in: the one that opened it is told', async () => {
    await enrol(laptop)
    await forget(alice)
    await openChatBetween(service, alice, bob)
    await told(alice, 'devicesChanged').toBe(1)
    expect(await kindsOf(laptop, 'chatOpened')).toBe(1)
  })

  test('a device that nobody can add yet keeps nobody from opening a chat, and one that can be added may not be left out', async () => {
    const tablet = await withNewDevice(bob)
    service.accounts.addUnready(tablet)
    await openChatBetween(service, alice, bob)
    const carol = await service.enrol('carol', 'allowed')
    service.accounts.add(await withNewDevice(carol), 'allowed')
    const { right } = await service.as(alice).requestChat({ handle: carol.handle })
    const { handshake } = await firstCommit(alice, carol, right!)
    const request = { chatId: right!.chatId, messageId: randomBytes(16), handshake }
    expect(await refusalOf(service.as(alice).createChat(request))).toBe('InvalidArgument commit_invalid')
  })
})
