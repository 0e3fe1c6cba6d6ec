import { randomBytes } from 'node:crypto'
import { AccountId, DeviceId, labelled } from '@veche/protocol'
import { Code } from '@veche/service-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sign } from '../keys/ed25519.ts'
import {
  accessToken,
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

let service: TestService
let count = 0
let alice: Person
let token: string
beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  alice = await newPerson(`alice.${'abcefghjkp'[count++]}`)
  token = await register(service, alice)
})

/** Signs in anew, with the account's words on earlier devices. */
async function enrol(person: Person, revocations: Uint8Array[]) {
  const { accounts } = service.as()
  const device = await newDevice(person.accountKey)
  const { loginToken } = (await logIn(service.as(), person.handle, person.password))!
  const { identityKey } = await accounts.getServer({})
  const { certificate: deviceCertificate, signaturePublicKey: deviceSignatureKey } = device
  const proof = labelled(
    'veche enrolment proof v1',
    identityKey,
    loginToken,
    deviceCertificate,
    deviceSignatureKey,
  )
  const signature = sign(person.accountKey, proof)
  await accounts.enrolDevice({ loginToken, deviceCertificate, deviceSignatureKey, signature, revocations })
}

const revocationsOf = async ({ accountId }: Person) => {
  const { accounts } = await service.internal.getAccounts({ accountIds: [AccountId.toBytes(accountId)] })
  return accounts[0]!.revocations
}
const endedDevices = async () =>
  (await service.internal.listEndedDevices({})).devices.map(({ deviceId }) => DeviceId.fromBytes(deviceId))

describe('a device that removes itself', () => {
  test('gets no more tokens, gives no more key packages, and is told to the other processes', async () => {
    const { accounts } = service.as(token)
    const keyPackages = await newKeyPackages(alice.device, 3, service.clock.nowMs())
    await accounts.uploadKeyPackages({ keyPackages })
    await accounts.removeOwnDevice({})
    await accounts.removeOwnDevice({})
    expect((await refusalOf(accessToken(service, alice))).reason).toBe('proof_invalid')
    const { rows } = await service.database.query<{ count: bigint }>(
      'SELECT count(*) FROM key_package WHERE account_id = $1',
      [AccountId.toBytes(alice.accountId)],
    )
    expect(rows[0]!.count).toBe(0n)
    expect(await endedDevices()).toContain(alice.deviceId)
    expect(await revocationsOf(alice)).toEqual([])
    service.clock.advance(3 * 86_400_000)
    expect(await endedDevices()).not.toContain(alice.deviceId)
  })

  test('is named to the next sign-in, whose word on it is kept', async () => {
    await service.as(token).accounts.removeOwnDevice({})
    const proved = await logIn(service.as(), alice.handle, alice.password)
    expect(proved?.devices).toMatchObject([{ deviceId: DeviceId.toBytes(alice.deviceId), active: false }])
    const revocation = await revocationOf(alice)
    await enrol(alice, [revocation])
    expect(await revocationsOf(alice)).toEqual([revocation])
    const { devices } = (await logIn(service.as(), alice.handle, alice.password))!
    expect(devices).toMatchObject([{ active: true }])
  })
})

describe('A18: an account’s word on a device', () => {
  test('ends an active one along with the sign-in that brings it', async () => {
    await enrol(alice, [await revocationOf(alice)])
    expect((await refusalOf(accessToken(service, alice))).reason).toBe('proof_invalid')
    expect(await endedDevices()).toContain(alice.deviceId)
  })

  test('counts only from the account itself, and a refused sign-in ends nothing', async () => {
    const mallory = await newPerson(`mallory.${count}`)
    const forged = [
      await revocationOf(alice, mallory.accountKey),
      await revocationOf({ accountKey: mallory.accountKey, deviceId: alice.deviceId }),
      randomBytes(150),
    ]
    for (const revocation of forged) {
      const refusal = await refusalOf(enrol(alice, [revocation]))
      expect(refusal).toEqual({ code: Code.InvalidArgument, reason: 'proof_invalid' })
    }
    const many = Array.from({ length: 65 }, () => forged[0]!)
    expect((await refusalOf(enrol(alice, many))).reason).toBe('proof_invalid')
    const another = await revocationOf({ accountKey: alice.accountKey, deviceId: mallory.deviceId })
    await enrol(alice, [another])
    expect(await accessToken(service, alice)).toMatch(/^[\w-]+$/)
    expect(await revocationsOf(alice)).toEqual([])
  })
})
