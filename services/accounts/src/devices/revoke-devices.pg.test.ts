import { randomBytes } from 'node:crypto'
import { AccountId, DeviceId } from '@veche/protocol'
import { Code } from '@veche/service-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { listDevices } from '../database/devices.ts'
import { heldBack } from '../testing/held-back.ts'
import {
  accessToken,
  fillDevices,
  logIn,
  newKeyPackages,
  newPerson,
  type Person,
  register,
  revocationOf,
} from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { startTestService, type TestService } from '../testing/test-service.ts'

const LOGIN_FAILED = { code: Code.Unauthenticated, reason: 'login_failed' }
const PROOF_INVALID = { code: Code.InvalidArgument, reason: 'proof_invalid' }

let service: TestService
let count = 0
let alice: Person
/** Of her first device. */
let token: string
/** Further ones. */
let others: DeviceId[]
beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  service.clock.advance(2 * 3_600_000)
  alice = await newPerson(`alice.${'abcefghjkp'[count++]}`)
  token = await register(service, alice)
  await fillDevices(service, alice, 3)
  others = (await active()).filter((id) => id !== alice.deviceId)
})

const active = async () =>
  (await listDevices(service.database, [alice.accountId])).map(({ deviceId }) => deviceId)
const loginToken = async () => (await logIn(service.as(), alice.handle, alice.password))!.loginToken
const revokingOf = (ids: readonly DeviceId[]) =>
  Promise.all(ids.map((deviceId) => revocationOf({ accountKey: alice.accountKey, deviceId })))
const revoke = (request: { loginToken: Uint8Array; revocations: Uint8Array[] }) =>
  service.as().accounts.revokeDevices(request)
const revocationsKept = async () => {
  const accountIds = [AccountId.toBytes(alice.accountId)]
  return (await service.internal.getAccounts({ accountIds })).accounts[0]!.revocations
}

test('devices end by the account’s word: no tokens, no key packages, and all processes are told', async () => {
  const keyPackages = await newKeyPackages(alice.device, 2, service.clock.nowMs())
  await service.as(token).accounts.uploadKeyPackages({ keyPackages })
  const revocations = await revokingOf([alice.deviceId, others[0]!])
  expect(await revoke({ loginToken: await loginToken(), revocations })).toMatchObject({})
  expect(await active()).toEqual([others[1]])
  expect((await refusalOf(accessToken(service, alice))).reason).toBe('proof_invalid')
  expect((await revocationsKept()).toSorted(Buffer.compare)).toEqual(revocations.toSorted(Buffer.compare))
  const { devices } = await service.internal.listEndedDevices({})
  const ended = devices.map(({ deviceId }) => DeviceId.fromBytes(deviceId))
  expect(ended).toEqual(expect.arrayContaining([alice.deviceId, others[0]]))
  const { rowCount } = await service.database.query('SELECT 1 FROM key_package WHERE account_id = $1', [
    AccountId.toBytes(alice.accountId),
  ])
  expect(rowCount).toBe(0)
})

test('a device that had removed itself gets the account’s word, and is told of as if it ended now', async () => {
  await service.as(token).accounts.removeOwnDevice({})
  service.clock.advance(3 * 86_400_000)
  const revocations = await revokingOf([alice.deviceId])
  await revoke({ loginToken: await loginToken(), revocations })
  expect(await revocationsKept()).toEqual(revocations)
  const { devices } = await service.internal.listEndedDevices({})
  expect(devices.map(({ deviceId }) => DeviceId.fromBytes(deviceId))).toContain(alice.deviceId)
})

describe('F8: the same call again', () => {
  test('answers the same, until its token is too old', async () => {
    const request = { loginToken: await loginToken(), revocations: await revokingOf([others[0]!]) }
    for (let time = 0; time < 3; time++) await revoke(request)
    service.clock.advance(10 * 60_000)
    expect(await refusalOf(revoke(request))).toEqual(LOGIN_FAILED)
  })

  test('at the same moment comes to the same', async () => {
    const request = { loginToken: await loginToken(), revocations: await revokingOf(others) }
    const calls = Array.from({ length: 3 }, () => () => revoke(request))
    const outcomes = await heldBack(service.database, 'device', calls)
    expect(outcomes.map(({ status }) => status)).toEqual(Array(3).fill('fulfilled'))
    expect(await active()).toEqual([alice.deviceId])
  })

  test('means just that: for another, and for anything else, the token is used up', async () => {
    const used = await loginToken()
    await revoke({ loginToken: used, revocations: await revokingOf([others[0]!]) })
    const another = { loginToken: used, revocations: await revokingOf([others[1]!]) }
    expect(await refusalOf(revoke(another))).toEqual(LOGIN_FAILED)
    const change = service.as().accounts.startPasswordChange({ loginToken: used, opaqueRequest: '' })
    expect(await refusalOf(change)).toEqual(LOGIN_FAILED)
    expect(await active()).toHaveLength(2)
  })
})

describe('A18: a thief of one device', () => {
  test('ends no other: it has no token', async () => {
    const revocations = await revokingOf(others)
    for (const loginToken of [new Uint8Array(), randomBytes(32), randomBytes(100_000)]) {
      expect(await refusalOf(revoke({ loginToken, revocations }))).toEqual(LOGIN_FAILED)
    }
    expect(await active()).toHaveLength(3)
  })

  test('nor with a token of its own account: all words are the account’s, on devices of its own, or none counts', async () => {
    const mallory = await newPerson(`mallory.${count}`)
    await register(service, mallory)
    const [good] = await revokingOf([others[0]!])
    const wrong = [
      [],
      [good!, await revocationOf(alice, mallory.accountKey)],
      [good!, await revocationOf(mallory)],
      [good!, ...(await revokingOf([mallory.deviceId]))],
      [good!, randomBytes(150)],
      Array.from({ length: 65 }, () => good!),
    ]
    for (const revocations of wrong) {
      service.clock.advance(3_600_000)
      expect(await refusalOf(revoke({ loginToken: await loginToken(), revocations }))).toEqual(PROOF_INVALID)
    }
    expect(await active()).toHaveLength(3)
    expect(await revocationsKept()).toEqual([])
  })
})

test('who signs in is given at most as many devices as one call can revoke, the active ones first', async () => {
  await service.database.query(
    `INSERT INTO device (account_id, device_id, certificate, signature_key, enrolled_day, seen_day, revoked)
     SELECT $1, decode(lpad(to_hex(n), 32, '0'), 'hex'), '', '', 0, 0, true FROM generate_series(1, 100) AS n`,
    [AccountId.toBytes(alice.accountId)],
  )
  const { devices } = (await logIn(service.as(), alice.handle, alice.password))!
  expect(devices).toHaveLength(64)
  expect(devices.slice(0, 3).every((device) => device.active)).toBe(true)
})
