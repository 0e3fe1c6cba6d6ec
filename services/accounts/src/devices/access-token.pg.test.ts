import { randomBytes, verify } from 'node:crypto'
import { AccountId, DeviceId, labelled } from '@veche/protocol'
import type { CreateAccessTokenRequest } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { Code, ed25519PublicKey } from '@veche/service-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dayOf } from '../day.ts'
import { accessToken, newPerson, type Person, register, signAsDevice } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { startTestService, type TestService } from '../testing/test-service.ts'

const DAY_MS = 86_400_000
const PROOF_INVALID = { code: Code.Unauthenticated, reason: 'proof_invalid' }

let service: TestService
let alice: Person
let bob: Person
beforeAll(async () => {
  service = await startTestService()
  alice = await newPerson('alice')
  bob = await newPerson('bobby')
  await register(service, alice)
  await register(service, bob)
})
afterAll(() => service[Symbol.asyncDispose]())

type Proof = Pick<CreateAccessTokenRequest, 'challenge' | 'accountId' | 'deviceId' | 'signature'>

async function prove({ accountId, deviceId, device }: Person, from: TestService = service): Promise<Proof> {
  const { accounts } = from.as()
  const { identityKey } = await accounts.getServer({})
  const { challenge } = await accounts.createChallenge({})
  const ids = { accountId: AccountId.toBytes(accountId), deviceId: DeviceId.toBytes(deviceId) }
  const proof = labelled('veche device proof v1', identityKey, ids.accountId, ids.deviceId, challenge)
  return { ...ids, challenge, signature: await signAsDevice(device, proof) }
}

const refused = (proof: Proof) => refusalOf(service.as().accounts.createAccessToken(proof))

test('a device gets a token for ten minutes, and again', async () => {
  const { accessToken: token, lifetimeMs } = await service.as().accounts.createAccessToken(await prove(alice))
  expect(lifetimeMs).toBe(600_000n)
  const { accounts } = service.as(token)
  expect((await accounts.getOwnAccount({})).handle).toBe('alice')
  service.clock.advance(599_000)
  expect((await accounts.getOwnAccount({})).handle).toBe('alice')
  const renewed = await accessToken(service, alice)
  service.clock.advance(2 * 60_000)
  expect(await refusalOf(accounts.getOwnAccount({}))).toEqual({
    code: Code.Unauthenticated,
    reason: 'token_expired',
  })
  expect((await service.as(renewed).accounts.getOwnAccount({})).handle).toBe('alice')
})

test('every private call needs a token', async () => {
  const { accounts, registration } = service.as()
  for (const call of [
    () => accounts.getOwnAccount({}),
    () => accounts.updateSettings({}),
    () => accounts.listDevices({}),
    () => accounts.uploadKeyPackages({}),
    () => accounts.claimKeyPackages({}),
    () => accounts.blockAccount({}),
    () => accounts.unblockAccount({}),
    () => registration.getRegistration({}),
    () => registration.setRegistration({}),
    () => registration.createInvite({}),
  ]) {
    expect(await refusalOf(call())).toEqual({ code: Code.Unauthenticated, reason: 'token_missing' })
  }
})

test('a challenge is good for a minute, and on the server that made it', async () => {
  const proof = await prove(alice)
  service.clock.advance(59_000)
  await service.as().accounts.createAccessToken(proof)
  service.clock.advance(1_000)
  expect(await refused(proof)).toEqual(PROOF_INVALID)

  await using other = await startTestService()
  await register(other, alice)
  expect(await refused(await prove(alice, other))).toEqual(PROOF_INVALID)
})

test('a challenge outlives a restart', async () => {
  const proof = await prove(alice)
  await service.restart()
  await service.as().accounts.createAccessToken(proof)
})

test('unknown devices, wrong signatures and changed challenges are not told apart', async () => {
  const proof = await prove(alice)
  const bobs = await prove(bob)
  const flipped = (bytes: Uint8Array, at: number) => bytes.with(at, bytes[at]! ^ 1)
  const wrong: Partial<Proof>[] = [
    { accountId: randomBytes(32) },
    { accountId: new Uint8Array() },
    { deviceId: randomBytes(16) },
    { deviceId: new Uint8Array(17) },
    { accountId: bobs.accountId, deviceId: bobs.deviceId },
    { signature: bobs.signature },
    { signature: new Uint8Array(64) },
    { signature: new Uint8Array() },
    { challenge: new Uint8Array() },
    { challenge: bobs.challenge },
    { challenge: new Uint8Array(100_000) },
  ]
  for (const change of wrong) expect(await refused({ ...proof, ...change })).toEqual(PROOF_INVALID)
  for (let at = 0; at < proof.challenge.length; at++) {
    expect(await refused({ ...proof, challenge: flipped(proof.challenge, at) })).toEqual(PROOF_INVALID)
  }
})

test('M6: the day a device was seen is written once a day', async () => {
  const token = await accessToken(service, bob)
  const { devices } = await service.as(token).accounts.listDevices({})
  const today = dayOf(service.clock.nowMs())
  expect(devices).toMatchObject([{ seenDay: today, certificate: bob.device.certificate }])

  service.clock.advance(3 * DAY_MS)
  const writes = () => service.statements.filter((statement) => statement.startsWith('UPDATE device')).length
  service.statements.length = 0
  for (let count = 0; count < 3; count++) await accessToken(service, bob)
  expect(writes()).toBe(1)
  const later = await service.as(await accessToken(service, bob)).accounts.listDevices({})
  expect(later.devices).toMatchObject([{ enrolledDay: devices[0]?.enrolledDay, seenDay: today + 3 }])
})

test('what clients pin stays past restarts and signs the OPAQUE key', async () => {
  const before = await service.as().accounts.getServer({})
  const version = Buffer.of(0, 0, 0, before.opaqueVersion)
  const signed = labelled('veche server key v1', version, Buffer.from(before.opaquePublicKey))
  expect(verify(null, signed, ed25519PublicKey(before.identityKey), before.opaqueKeySignature)).toBe(true)
  await service.restart()
  const after = await service.as().accounts.getServer({})
  expect(after).toMatchObject({
    identityKey: before.identityKey,
    opaquePublicKey: before.opaquePublicKey,
    opaqueVersion: 1,
    timeMs: BigInt(service.clock.nowMs()),
  })
})

test('other services verify by the published key', async () => {
  const { keys } = await service.internal.getTokenKeys({})
  expect(keys).toHaveLength(1)
  expect(keys[0]?.keyId).toHaveLength(8)
  const token = Buffer.from(await accessToken(service, alice), 'base64url')
  const claims = token.subarray(0, -64)
  const key = ed25519PublicKey(keys[0]!.publicKey)
  expect(verify(null, labelled('veche access token v1', claims), key, token.subarray(-64))).toBe(true)
})
