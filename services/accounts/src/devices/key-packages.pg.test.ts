import { randomBytes } from 'node:crypto'
import { create, toBinary } from '@bufbuild/protobuf'
import { newKeyPackage } from '@veche/mls'
import { AccountId, concatBytes, DeviceId, labelled, randomId } from '@veche/protocol'
import {
  type KeyPackageGrant,
  KeyPackageGrantSchema,
} from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import { Code, issueAccessToken } from '@veche/service-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSigningKey, openSigningKey, type SigningKey, sign } from '../keys/ed25519.ts'
import { SealedSecrets } from '../keys/sealed-secrets.ts'
import { openServerKeys } from '../keys/server-keys.ts'
import { heldBack } from '../testing/held-back.ts'
import {
  accessToken,
  newDevice,
  newKeyPackages,
  newPerson,
  type Person,
  register,
} from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { sealing, startTestService, type TestService } from '../testing/test-service.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const INVALID = { code: Code.InvalidArgument, reason: 'key_package_invalid' }
const GRANT_INVALID = { code: Code.PermissionDenied, reason: 'grant_invalid' }

const FETCHES = process.env.VECHE_LONG === '1' ? 10_000 : 500
let service: TestService
let alice: Person
let bob: Person
const chats = openSigningKey(createSigningKey())

beforeAll(async () => {
  service = await startTestService()
  alice = await newPerson('alice')
  bob = await newPerson('bobby')
  await register(service, alice)
  await register(service, bob)
  await service.internal.setGrantKey({ publicKey: chats.publicKey })
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  await service.database.query('DELETE FROM key_package')
  await service.database.query('DELETE FROM last_resort_key_package')
  service.clock.advance(61 * MINUTE_MS)
})

const as = async (person: Person) => service.as(await accessToken(service, person)).accounts
const nowMs = () => service.clock.nowMs()
const oneTime = (count: number, { device } = alice) => newKeyPackages(device, count, nowMs())
const lastResort = async ({ device } = alice) =>
  (await newKeyPackage(device, { nowMs: nowMs(), lastResort: true })).keyPackage

function grant(changes: Partial<KeyPackageGrant> = {}, key: SigningKey = chats): Uint8Array {
  const content = toBinary(
    KeyPackageGrantSchema,
    create(KeyPackageGrantSchema, {
      requesterId: AccountId.toBytes(bob.accountId),
      targetId: AccountId.toBytes(alice.accountId),
      grantId: randomBytes(16),
      expiresAtMs: BigInt(nowMs() + 10 * MINUTE_MS),
      ...changes,
    }),
  )
  return concatBytes(content, sign(key, labelled('veche key package grant v1', content)))
}

describe('uploading', () => {
  test('packages are added once, however often they are sent', async () => {
    const accounts = await as(alice)
    const keyPackages = await oneTime(5)
    for (let time = 0; time < 3; time++) {
      expect(await accounts.uploadKeyPackages({ keyPackages })).toMatchObject({ keyPackages: 5 })
    }
    expect(
      await accounts.uploadKeyPackages({ keyPackages: [keyPackages[0]!, keyPackages[0]!] }),
    ).toMatchObject({
      keyPackages: 5,
    })
    expect(await accounts.getOwnAccount({})).toMatchObject({ keyPackages: 5 })
  })

  test('200 are kept, and those over it are not', async () => {
    const accounts = await as(alice)
    const keyPackages = await oneTime(100)
    expect((await accounts.uploadKeyPackages({ keyPackages })).keyPackages).toBe(100)
    expect((await accounts.uploadKeyPackages({ keyPackages: await oneTime(70) })).keyPackages).toBe(170)
    expect((await accounts.uploadKeyPackages({ keyPackages: await oneTime(70) })).keyPackages).toBe(200)
    expect((await accounts.uploadKeyPackages({ keyPackages: await oneTime(1) })).keyPackages).toBe(200)
  })

  test('one wrong package and nothing is stored', async () => {
    const accounts = await as(alice)
    const good = await oneTime(1)
    const other = await newDevice(alice.accountKey)
    const at = async (ms: number) => (await newKeyPackage(alice.device, { nowMs: ms })).keyPackage
    const flipped = (bytes: Uint8Array) => bytes.with(bytes.length - 70, bytes.at(-70)! ^ 1)
    const wrong: [string, Uint8Array][] = [
      ['no bytes', new Uint8Array()],
      ['noise', randomBytes(500)],
      ['too large', new Uint8Array(4097)],
      ['cut off', good[0]!.subarray(0, -1)],
      ['longer', concatBytes(good[0]!, new Uint8Array(1))],
      ['changed', flipped(good[0]!)],
      ["another account's", (await oneTime(1, bob))[0]!],
      ["another device's of the account", (await newKeyPackages(other, 1, nowMs()))[0]!],
      ['for last resort', await lastResort()],
    ]
    for (const [what, bytes] of wrong) {
      const upload = accounts.uploadKeyPackages({ keyPackages: [...good, bytes] })
      expect(await refusalOf(upload), what).toEqual(INVALID)
    }
    for (const days of [-91, 2]) {
      const untimely = await at(nowMs() + days * DAY_MS)
      const upload = accounts.uploadKeyPackages({ keyPackages: [...good, untimely] })
      expect((await refusalOf(upload)).reason, `${days} days`).toBe('clock_differs')
    }
    expect(await refusalOf(accounts.uploadKeyPackages({ lastResort: good[0]! }))).toEqual(INVALID)
    const many = Array.from({ length: 101 }, () => good[0]!)
    expect(await refusalOf(accounts.uploadKeyPackages({ keyPackages: many }))).toEqual(INVALID)
    expect(await accounts.getOwnAccount({})).toMatchObject({ keyPackages: 0 })
  })
})

describe('claiming', () => {
  test('a grant gives a one-time package, and the same grant the same one, also at the same moment', async () => {
    const [keyPackage] = await oneTime(1)
    await (await as(alice)).uploadKeyPackages({ keyPackages: [keyPackage!], lastResort: await lastResort() })
    const request = { grant: grant() }
    const accounts = await as(bob)
    const calls = Array.from({ length: 6 }, () => () => accounts.claimKeyPackages(request))
    const outcomes = await heldBack(service.database, 'key_package_claim', calls)
    const device = { deviceId: DeviceId.toBytes(alice.deviceId), keyPackage }
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'fulfilled', value: { keyPackages: [device] } })
    }
    service.clock.advance(9 * MINUTE_MS)
    expect((await accounts.claimKeyPackages(request)).keyPackages).toMatchObject([device])
    expect((await (await as(alice)).getOwnAccount({})).keyPackages).toBe(0)
  })

  test('A15: what was given out does not come back with a repeated upload', async () => {
    const keyPackages = await oneTime(2)
    const upload = { keyPackages }
    await (await as(alice)).uploadKeyPackages(upload)
    const first = await (await as(bob)).claimKeyPackages({ grant: grant() })
    expect((await (await as(alice)).uploadKeyPackages(upload)).keyPackages).toBe(1)
    const second = await (await as(bob)).claimKeyPackages({ grant: grant() })
    expect(second.keyPackages[0]?.keyPackage).not.toEqual(first.keyPackages[0]?.keyPackage)
    expect((await (await as(alice)).uploadKeyPackages(upload)).keyPackages).toBe(0)
  })

  test('A15: an upload in the middle of claims brings nothing back', async () => {
    const keyPackages = await oneTime(20)
    const upload = { keyPackages, lastResort: await lastResort() }
    const owner = await as(alice)
    await owner.uploadKeyPackages(upload)
    const claims = strangers(60).map((claim) => claim())
    const uploads = Array.from({ length: 5 }, () => owner.uploadKeyPackages(upload))
    const [given] = await Promise.all([Promise.all(claims), Promise.all(uploads)])
    const once = given.filter((bytes) => !bytes.equals(upload.lastResort))
    expect(once).toHaveLength(20)
    expect(new Set(once.map((bytes) => bytes.toString('hex'))).size).toBe(20)
  })

  test('A15: 1,000 claims at once of 100 packages give 100, each once, and then the last resort', async () => {
    const upload = { keyPackages: await oneTime(100), lastResort: await lastResort() }
    await (await as(alice)).uploadKeyPackages(upload)
    const given = await Promise.all(strangers(1000).map((claim) => claim()))
    const once = given.filter((bytes) => !bytes.equals(upload.lastResort))
    expect(once).toHaveLength(100)
    expect(new Set(once.map((bytes) => bytes.toString('hex'))).size).toBe(100)
    expect((await service.database.query('SELECT 1 FROM key_package')).rowCount).toBe(0)
  })

  test('without any package there is nothing to claim, and the grant is good for later', async () => {
    const request = { grant: grant() }
    const accounts = await as(bob)
    const none = { code: Code.NotFound, reason: 'no_key_package' }
    expect(await refusalOf(accounts.claimKeyPackages(request))).toEqual(none)
    const nobody = grant({ targetId: randomBytes(32) })
    expect(await refusalOf(accounts.claimKeyPackages({ grant: nobody }))).toEqual(none)
    await (await as(alice)).uploadKeyPackages({ keyPackages: await oneTime(1) })
    expect((await accounts.claimKeyPackages(request)).keyPackages).toHaveLength(1)
  })

  test('a package whose lifetime ends is not given out', async () => {
    await (await as(alice)).uploadKeyPackages({
      keyPackages: await oneTime(1),
      lastResort: await lastResort(),
    })
    service.clock.advance(90 * DAY_MS)
    const refused = await refusalOf((await as(bob)).claimKeyPackages({ grant: grant() }))
    expect(refused.reason).toBe('no_key_package')
    expect((await (await as(alice)).getOwnAccount({})).keyPackages).toBe(0)
  })

  test('F17 a package that was stored while both clocks were ahead counts for nothing, and the device makes others', async () => {
    service.clock.advance(30 * DAY_MS)
    const ahead = { keyPackages: await oneTime(2), lastResort: await lastResort() }
    expect((await (await as(alice)).uploadKeyPackages(ahead)).keyPackages).toBe(2)
    service.clock.advance(-30 * DAY_MS)
    const owner = await as(alice)
    expect((await owner.getOwnAccount({})).keyPackages).toBe(0)
    const refused = await refusalOf((await as(bob)).claimKeyPackages({ grant: grant() }))
    expect(refused.reason).toBe('no_key_package')
    const keyPackages = await oneTime(1)
    await owner.uploadKeyPackages({ keyPackages })
    const { keyPackages: claimed } = await (await as(bob)).claimKeyPackages({ grant: grant() })
    expect(claimed[0]?.keyPackage).toEqual(keyPackages[0])
  })

  test('the last resort is replaced by the next one', async () => {
    const owner = await as(alice)
    await owner.uploadKeyPackages({ lastResort: await lastResort() })
    const next = await lastResort()
    await owner.uploadKeyPackages({ lastResort: next })
    const claimed = await (await as(bob)).claimKeyPackages({ grant: grant() })
    expect(claimed.keyPackages[0]?.keyPackage).toEqual(next)
  })

  test('A14: only a grant of chats, for the caller, in its time', async () => {
    const stock = { keyPackages: await oneTime(3) }
    await (await as(alice)).uploadKeyPackages(stock)
    const accounts = await as(bob)
    const good = grant()
    const wrong: [string, Uint8Array][] = [
      ['nothing', new Uint8Array()],
      ['noise', randomBytes(200)],
      ['too large', new Uint8Array(200_000)],
      ["another's signature", grant({}, openSigningKey(createSigningKey()))],
      ['for another requester', grant({ requesterId: AccountId.toBytes(alice.accountId) })],
      ['ended', grant({ expiresAtMs: BigInt(nowMs()) })],
      ['too long', grant({ expiresAtMs: BigInt(nowMs() + 12 * MINUTE_MS) })],
      ['for ever', grant({ expiresAtMs: 2n ** 62n })],
      ['a short id', grant({ grantId: randomBytes(15) })],
      ['a short target', grant({ targetId: randomBytes(31) })],
      ['a short requester', grant({ requesterId: randomBytes(31) })],
      ...Array.from(good, (byte, at): [string, Uint8Array] => [
        `byte ${at} changed`,
        good.with(at, byte ^ 1),
      ]),
    ]
    for (const [what, bytes] of wrong) {
      expect(await refusalOf(accounts.claimKeyPackages({ grant: bytes })), what).toEqual(GRANT_INVALID)
    }
    expect((await (await as(alice)).getOwnAccount({})).keyPackages).toBe(3)
  })

  test(`A14: ${FETCHES} fetches by a stranger take nothing`, { timeout: 300_000 }, async () => {
    await (await as(alice)).uploadKeyPackages({ keyPackages: await oneTime(3) })
    const strangers = await as(bob)
    const others = grant({ requesterId: AccountId.toBytes(alice.accountId) })
    for (let fetch = 0; fetch < FETCHES; fetch++) {
      const bytes = fetch % 2 ? others : Uint8Array.from(randomBytes(others.length))
      expect(await refusalOf(strangers.claimKeyPackages({ grant: bytes }))).toEqual(GRANT_INVALID)
    }
    expect((await (await as(alice)).getOwnAccount({})).keyPackages).toBe(3)
  })

  test('A14: one requester takes six of a target at once, and one more each ten minutes', async () => {
    await (await as(alice)).uploadKeyPackages({ keyPackages: await oneTime(50) })
    const attempt = async () => (await as(bob)).claimKeyPackages({ grant: grant() })
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, attempt))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(6)
    expect(await refusalOf(attempt())).toEqual({ code: Code.ResourceExhausted, reason: 'too_many_calls' })
    service.clock.advance(10 * MINUTE_MS)
    await attempt()
    expect((await refusalOf(attempt())).reason).toBe('too_many_calls')
    expect((await (await as(alice)).getOwnAccount({})).keyPackages).toBe(43)
  })

  test('grants are trusted by the key that chats gave last, past restarts', async () => {
    await (await as(alice)).uploadKeyPackages({ lastResort: await lastResort() })
    await service.restart()
    await (await as(bob)).claimKeyPackages({ grant: grant() })
    const next = openSigningKey(createSigningKey())
    await service.internal.setGrantKey({ publicKey: next.publicKey })
    expect(await refusalOf((await as(bob)).claimKeyPackages({ grant: grant() }))).toEqual(GRANT_INVALID)
    await (await as(bob)).claimKeyPackages({ grant: grant({}, next) })
    await service.internal.setGrantKey({ publicKey: chats.publicKey })
    const short = service.internal.setGrantKey({ publicKey: new Uint8Array(31) })
    expect((await refusalOf(short)).code).toBe(Code.InvalidArgument)
  })
})

let tokenKey: Awaited<ReturnType<typeof openServerKeys>>['token']
beforeAll(async () => {
  tokenKey = (await openServerKeys(await SealedSecrets.open(service.database, sealing))).token
})

/** Claims of alice's packages by as many accounts. */
function strangers(count: number): (() => Promise<Buffer>)[] {
  return Array.from({ length: count }, () => async () => {
    const accountId = AccountId.fromBytes(randomBytes(32))
    const token = issueAccessToken(tokenKey, { accountId, deviceId: randomId(DeviceId) }, nowMs())
    const requesterId = AccountId.toBytes(accountId)
    const { keyPackages } = await service
      .as(token)
      .accounts.claimKeyPackages({ grant: grant({ requesterId }) })
    expect(keyPackages).toHaveLength(1)
    return Buffer.from(keyPackages[0]!.keyPackage)
  })
}
