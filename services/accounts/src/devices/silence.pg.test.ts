import { AccountId, DeviceId } from '@veche/protocol'
import { Code, ENDED_DEVICE_TOPIC } from '@veche/service-kit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { insertDevice, markSeen } from '../database/devices.ts'
import { endSilent } from '../database/silent-devices.ts'
import { dayOf } from '../day.ts'
import { sweep } from '../sweep.ts'
import {
  accessToken,
  deviceIdOf,
  logIn,
  newDevice,
  newKeyPackages,
  newPerson,
  type Person,
  register,
  revocationOf,
} from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { startTestService, type TestService } from '../testing/test-service.ts'

const DAY_MS = 86_400_000
const SILENT = { code: Code.Unauthenticated, reason: 'device_silent' }
const GONE = { code: Code.Unauthenticated, reason: 'proof_invalid' }

let service: TestService
let alice: Person
beforeEach(async () => {
  service = await startTestService()
  alice = await newPerson('alice')
  await register(service, alice)
})
afterEach(() => service[Symbol.asyncDispose]())

/** The server is there on each of so many days; these give a sign of themselves. */
async function live(days: number, ...seen: Person[]): Promise<void> {
  for (let day = 0; day < days; day++) {
    service.clock.advance(DAY_MS)
    for (const person of seen) await accessToken(service, person)
    await sweep(service)
  }
}

/** Another device of the same account. */
async function withLaptop(person: Person): Promise<Person> {
  const device = await newDevice(person.accountKey)
  const { certificate, signaturePublicKey: signatureKey } = device
  const laptop = { ...person, device, deviceId: deviceIdOf(device) }
  const certified = { accountId: person.accountId, deviceId: laptop.deviceId, certificate, signatureKey }
  await insertDevice(service.database, certified, dayOf(service.clock.nowMs()))
  return laptop
}

const endedDevices = async () =>
  (await service.internal.listEndedDevices({})).devices.map(({ deviceId, revoked }) => ({
    deviceId: DeviceId.fromBytes(deviceId),
    revoked,
  }))
const namesOf = (devices: readonly { readonly deviceId: Uint8Array }[]) =>
  devices.map(({ deviceId }) => DeviceId.fromBytes(deviceId))

test('M16 M22 a device silent for 90 days ends, is told of, and learns why; the one that came stays', async () => {
  const laptop = await withLaptop(alice)
  const { accounts } = service.as(await accessToken(service, laptop))
  await accounts.uploadKeyPackages({
    keyPackages: await newKeyPackages(laptop.device, 2, service.clock.nowMs()),
  })
  await sweep(service)
  const told: Uint8Array[] = []
  await service.bus.subscribe(ENDED_DEVICE_TOPIC, (payload) => void told.push(payload))
  await live(90, alice)
  expect(await endedDevices()).toEqual([])
  expect(await accessToken(service, alice)).toMatch(/^[\w-]+$/)

  await live(1, alice)
  expect(await endedDevices()).toEqual([{ deviceId: laptop.deviceId, revoked: false }])
  expect(told).toHaveLength(1)
  expect(await refusalOf(accessToken(service, laptop))).toEqual(SILENT)
  const left = await service.as(await accessToken(service, alice)).accounts.listDevices({})
  expect(namesOf(left.devices)).toEqual([alice.deviceId])
  expect(namesOf(left.silent)).toEqual([laptop.deviceId])
  for (const table of ['key_package', 'last_resort_key_package']) {
    const { rowCount } = await service.database.query(`SELECT 1 FROM ${table} WHERE device_id = $1`, [
      DeviceId.toBytes(laptop.deviceId),
    ])
    expect(rowCount).toBe(0)
  }
  await sweep(service)
  expect(told).toHaveLength(1)
})

test('M16 an account whose only device was silent stays, and its owner signs in and revokes it', async () => {
  await sweep(service)
  await live(91)
  expect(await refusalOf(accessToken(service, alice))).toEqual(SILENT)
  const proved = await logIn(service.as(), alice.handle, alice.password)
  expect(proved?.devices).toMatchObject([{ deviceId: DeviceId.toBytes(alice.deviceId), active: false }])
  const revocation = await revocationOf(alice)
  await service.as().accounts.revokeDevices({ loginToken: proved!.loginToken, revocations: [revocation] })
  expect(await refusalOf(accessToken(service, alice))).toEqual(GONE)
  const laptop = await withLaptop(alice)
  const listed = await service.as(await accessToken(service, laptop)).accounts.listDevices({})
  expect(namesOf(listed.devices)).toEqual([laptop.deviceId])
  expect(listed.silent).toEqual([])
  const { accounts } = await service.internal.getAccounts({
    accountIds: [AccountId.toBytes(alice.accountId)],
  })
  expect(accounts[0]!.revocations).toEqual([revocation])
})

test('M16 a server that was off for a season, or whose clock was set wrong, ends nobody', async () => {
  await sweep(service)
  service.clock.advance(400 * DAY_MS)
  await sweep(service)
  await live(80)
  expect(await endedDevices()).toEqual([])
  expect(await accessToken(service, alice)).toMatch(/^[\w-]+$/)
  await live(90)
  expect(await endedDevices()).toEqual([])
  await live(1)
  expect(await refusalOf(accessToken(service, alice))).toEqual(SILENT)
})

test('M16 one that comes just before it is ended stays', async () => {
  const today = dayOf(service.clock.nowMs())
  const end = () =>
    service.database.transaction((transaction) => endSilent(transaction, alice, today + 1, today + 91))
  const device = { ...alice, certificate: alice.device.certificate, signatureKey: new Uint8Array() }
  await markSeen(service.database, { ...device, enrolledDay: today, seenDay: today }, today + 1)
  expect(await end()).toBe(false)
  expect(await endedDevices()).toEqual([])
  expect(await accessToken(service, alice)).toMatch(/^[\w-]+$/)
})

test('B1 what became of a device is told to who proves its key alone', async () => {
  await sweep(service)
  await live(91)
  const thief = { ...alice, device: await newDevice(alice.accountKey) }
  expect(await refusalOf(accessToken(service, thief))).toEqual(GONE)
})

test('M22 of the days of the server no more are kept than are counted', async () => {
  await sweep(service)
  await live(100, alice)
  expect((await service.database.query('SELECT 1 FROM server_day')).rowCount).toBe(91)
})
