import { randomBytes } from 'node:crypto'
import * as opaque from '@serenity-kit/opaque'
import { createDevice } from '@veche/mls'
import { AccountId, DeviceId, labelled } from '@veche/protocol'
import { Code } from '@veche/service-kit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sign } from '../keys/ed25519.ts'
import { heldBack } from '../testing/held-back.ts'
import {
  accessToken,
  deviceIdOf,
  fillDevices,
  logIn,
  newDevice,
  newPerson,
  type Person,
  register,
  revocationOf,
} from '../testing/person.ts'
import { refusalOf, refusalsOf } from '../testing/refusal.ts'
import { startTestService, type TestService } from '../testing/test-service.ts'
import { welch } from '../testing/welch.ts'

const HOUR_MS = 3_600_000
const DEVICE_LIMIT = { code: Code.FailedPrecondition, reason: 'device_limit' }
const LOGIN_FAILED = { code: Code.Unauthenticated, reason: 'login_failed' }

let service: TestService
let alice: Person
beforeAll(async () => {
  service = await startTestService()
  alice = await newPerson('alice')
  await register(service, alice)
})
afterAll(() => service[Symbol.asyncDispose]())
/** Buckets are full again. */
beforeEach(() => service.clock.advance(2 * HOUR_MS))

await opaque.ready
const { startLoginRequest } = opaque.client.startLogin({ password: 'a guess' })
const guess = (handle: string) =>
  service.as().accounts.startLogin({ handle, opaqueRequest: startLoginRequest })

describe('signing in', () => {
  test('the password gives back the wrapped account secret, as it was left', async () => {
    const proved = await logIn(service.as(), 'alice', alice.password)
    expect(proved?.accountId).toEqual(AccountId.toBytes(alice.accountId))
    expect(proved?.loginToken).toHaveLength(32)
    expect(proved?.passwordWrap).toMatchObject({ version: 1 })
    expect(proved?.passwordWrap?.ciphertext).toHaveLength(48)
  })

  test('a wrong password fails', async () => {
    expect(await logIn(service.as(), 'alice', 'wrong')).toBeUndefined()
    const { accounts } = service.as()
    const { loginId } = await guess('alice')
    for (const opaqueFinish of ['', 'A'.repeat(86), '!'.repeat(86), 'A'.repeat(100_000)]) {
      expect(await refusalOf(accounts.finishLogin({ loginId, opaqueFinish }))).toEqual(LOGIN_FAILED)
    }
  })

  test('the state of a login is good once, and for a minute', async () => {
    const password = alice.password
    const finishAfter = async (waitMs: number, times: number) => {
      const { clientLoginState, startLoginRequest: opaqueRequest } = opaque.client.startLogin({ password })
      const { loginId, opaqueResponse } = await service
        .as()
        .accounts.startLogin({ handle: 'alice', opaqueRequest })
      const keyStretching = { 'argon2id-custom': { iterations: 1, memory: 8, parallelism: 1 } }
      const state = { password, clientLoginState, loginResponse: opaqueResponse, keyStretching }
      const opaqueFinish = opaque.client.finishLogin(state)?.finishLoginRequest ?? ''
      service.clock.advance(waitMs)
      for (let time = 1; time < times; time++)
        await service.as().accounts.finishLogin({ loginId, opaqueFinish })
      return service.as().accounts.finishLogin({ loginId, opaqueFinish })
    }
    expect((await finishAfter(59_000, 1)).loginToken).toHaveLength(32)
    expect(await refusalOf(finishAfter(60_000, 1))).toEqual(LOGIN_FAILED)
    expect(await refusalOf(finishAfter(0, 2))).toEqual(LOGIN_FAILED)
  })

  test('malformed requests are refused', async () => {
    const { accounts } = service.as()
    for (const handle of ['', 'A', 'алиса', 'x'.repeat(100_000)]) {
      const refused = await refusalOf(accounts.startLogin({ handle, opaqueRequest: startLoginRequest }))
      expect(refused).toEqual({ code: Code.InvalidArgument, reason: 'handle_invalid' })
    }
    const refused = await refusalOf(
      accounts.startLogin({ handle: 'alice', opaqueRequest: 'x'.repeat(100_000) }),
    )
    expect(refused).toEqual({ code: Code.InvalidArgument, reason: 'opaque_invalid' })
    expect(await refusalOf(accounts.finishLogin({ loginId: randomBytes(32), opaqueFinish: '' }))).toEqual(
      LOGIN_FAILED,
    )
  })
})

const PAIRS = process.env.VECHE_LONG === '1' ? 10_000 : 300

describe('B1: whether a handle is known', () => {
  test('does not show in any part of the answer', async () => {
    const known = await guess('alice')
    const unknown = await guess('nobody.here')
    expect(unknown.opaqueResponse).toHaveLength(known.opaqueResponse.length)
    expect(unknown.loginId).toHaveLength(known.loginId.length)
    expect(unknown.opaqueVersion).toBe(known.opaqueVersion)
    expect(await logIn(service.as(), 'nobody.here', alice.password)).toBeUndefined()
    const finish = { loginId: unknown.loginId, opaqueFinish: 'A'.repeat(86) }
    expect(await refusalOf(service.as().accounts.finishLogin(finish))).toEqual(LOGIN_FAILED)
  })

  test('does not show in what PostgreSQL is asked', async () => {
    const asked = async (handle: string) => {
      service.statements.length = 0
      await guess(handle)
      return [...service.statements]
    }
    expect(await asked('nobody.here')).toEqual(await asked('alice'))
    expect(service.statements).not.toHaveLength(0)
  })

  test('gives the same fake account each time, and another for another handle', async () => {
    // The masked response differs each time; what must not differ is the key that a password is blinded with.
    const evaluated = async (handle: string) => (await guess(handle)).opaqueResponse.slice(0, 42)
    const nobody = await evaluated('nobody.here')
    expect(await evaluated('nobody.here')).toBe(nobody)
    expect(await evaluated('nobody.there')).not.toBe(nobody)
    const known = await evaluated('alice')
    expect(await evaluated('alice')).toBe(known)
  })

  test('does not show in the time, as far as this machine can tell', { timeout: PAIRS * 200 }, async () => {
    const times: Record<'alice' | 'nobody.here', number[]> = { alice: [], 'nobody.here': [] }
    for (let round = 0; round < PAIRS; round++) {
      for (const handle of round % 2
        ? (['alice', 'nobody.here'] as const)
        : (['nobody.here', 'alice'] as const)) {
        service.clock.advance(HOUR_MS)
        const startedMs = performance.now()
        const { opaqueResponse } = await guess(handle)
        times[handle].push(performance.now() - startedMs)
        expect(opaqueResponse).toHaveLength(427)
      }
    }
    process.stdout.write(
      `B1: Welch's t over ${PAIRS} pairs is ${welch(times.alice, times['nobody.here']).toFixed(2)}\n`,
    )
  })
})

describe('B4: guessing', () => {
  let spent: string[] = []
  afterEach(() => {
    spent = []
  })

  /** Guesses evenly over an hour; gives how many were answered. */
  async function guessForAnHour(handle: string, guesses: number): Promise<number> {
    let answered = 0
    for (let count = 0; count < guesses; count++) {
      service.clock.advance(HOUR_MS / guesses)
      await guess(handle).then(
        () => answered++,
        async (error) => spent.push((await refusalOf(Promise.reject(error))).reason ?? ''),
      )
    }
    return answered
  }

  test.each(['alice', 'nobody.at.all'])(
    'at most 20 of 1,000 at %s are answered in an hour',
    async (handle) => {
      const answered = await guessForAnHour(handle, 1000)
      expect(answered).toBeGreaterThanOrEqual(10)
      expect(answered).toBeLessThanOrEqual(20)
      expect(new Set(spent)).toEqual(new Set(['too_many_calls']))
    },
  )

  test('the limit outlives a restart, says when to try again, and passes', async () => {
    for (let count = 0; count < 10; count++) await guess('alice')
    await service.restart()
    const refused = await guess('alice').catch((error) => error)
    expect(await refusalOf(Promise.reject(refused))).toEqual({
      code: Code.ResourceExhausted,
      reason: 'too_many_calls',
    })
    expect(refused.metadata.get('retry-after')).toBe('360')
    service.clock.advance(360_000)
    expect((await guess('alice')).opaqueResponse).toHaveLength(427)
  })

  test('the owner, on a device that is in, is not kept out; nor is anyone else', async () => {
    await guessForAnHour('alice', 100)
    expect(await accessToken(service, alice)).toMatch(/^[\w-]+$/)
    service.clock.advance(60_000)
    expect((await guess('bob')).opaqueResponse).toHaveLength(427)
  })

  test('what is kept of guesses names nobody', async () => {
    await guess('alice')
    const { rows } = await service.database.query<{ text: string }>(
      'SELECT login_guess::text AS text FROM login_guess',
    )
    const all = rows.map(({ text }) => text).join()
    expect(all).not.toBe('')
    expect(all).not.toContain(Buffer.from('alice').toString('hex'))
    expect(all).not.toContain(Buffer.from(AccountId.toBytes(alice.accountId)).toString('hex'))
  })
})

describe('another device', () => {
  const enrol = async (person: Person, device = person.device, signer = person.accountKey) => {
    const { accounts } = service.as()
    const proved = await logIn(service.as(), person.handle, person.password)
    const loginToken = proved?.loginToken ?? new Uint8Array()
    const { identityKey } = await accounts.getServer({})
    const { certificate: deviceCertificate, signaturePublicKey: deviceSignatureKey } = device
    const parts = [identityKey, loginToken, deviceCertificate, deviceSignatureKey]
    const signature = sign(signer, labelled('veche enrolment proof v1', ...parts))
    return { loginToken, deviceCertificate, deviceSignatureKey, signature }
  }
  const revoke = ({ accountId }: Person) =>
    service.database.query('UPDATE device SET revoked = true WHERE account_id = $1', [
      AccountId.toBytes(accountId),
    ])

  test('is let in beside the others, up to sixteen; the 17th is refused, saying why', async () => {
    const erin = await newPerson('erin')
    await register(service, erin)
    const { accounts } = service.as()
    for (let count = 2; count <= 16; count++) {
      service.clock.advance(HOUR_MS)
      await accounts.enrolDevice(await enrol(erin, await newDevice(erin.accountKey)))
    }
    service.clock.advance(HOUR_MS)
    const device = await newDevice(erin.accountKey)
    expect(await refusalOf(accounts.enrolDevice(await enrol(erin, device)))).toEqual(DEVICE_LIMIT)
    const { devices } = await service.as(await accessToken(service, erin)).accounts.listDevices({})
    expect(devices).toHaveLength(16)
    service.clock.advance(HOUR_MS)
    const revocations = [await revocationOf(erin)]
    await accounts.enrolDevice({ ...(await enrol(erin, device)), revocations })
    expect((await refusalOf(accessToken(service, erin))).reason).toBe('proof_invalid')
  })

  test('that is in already is let in again: the answer may have been lost', async () => {
    const { accounts } = service.as()
    const device = await newDevice(alice.accountKey)
    for (let time = 0; time < 2; time++) await accounts.enrolDevice(await enrol(alice, device))
    const signAsAlice = (bytes: Uint8Array) => sign(alice.accountKey, bytes)
    const sameId = await createDevice(signAsAlice, alice.accountKey.publicKey, deviceIdOf(device))
    expect((await refusalOf(accounts.enrolDevice(await enrol(alice, sameId)))).reason).toBe('proof_invalid')
    const { devices } = await service.as(await accessToken(service, alice)).accounts.listDevices({})
    expect(devices).toHaveLength(2)
  })

  test('is let in after the first was revoked, whose id never comes back', async () => {
    const bob = await newPerson('bobby', { displayName: 'Боб' })
    const oldToken = await register(service, bob)
    const { accounts } = service.as()
    expect(await accounts.enrolDevice(await enrol(bob))).toMatchObject({
      handle: 'bobby',
      displayName: 'Боб',
    })
    await revoke(bob)
    expect((await refusalOf(accessToken(service, bob))).reason).toBe('proof_invalid')
    expect((await refusalOf(service.as(oldToken).accounts.uploadKeyPackages({}))).reason).toBe(
      'token_invalid',
    )
    expect((await refusalOf(accounts.enrolDevice(await enrol(bob)))).reason).toBe('proof_invalid')

    const device = await newDevice(bob.accountKey)
    const request = await enrol(bob, device)
    await accounts.enrolDevice(request)
    expect(await refusalOf(accounts.enrolDevice(request))).toEqual(LOGIN_FAILED)
    const { devices } = await service.as(oldToken).accounts.listDevices({})
    expect(devices.map(({ certificate }) => certificate)).toEqual([device.certificate])
  })

  test('needs the login, the account key and a certificate of this account', async () => {
    const carol = await newPerson('carol')
    await register(service, carol)
    await revoke(carol)
    const { accounts } = service.as()
    const device = await newDevice(carol.accountKey)
    const proofInvalid = { code: Code.InvalidArgument, reason: 'proof_invalid' }
    const wrong = [
      await enrol(carol, device, alice.accountKey),
      await enrol(carol, await newDevice(alice.accountKey)),
      { ...(await enrol(carol, device)), deviceSignatureKey: alice.device.signaturePublicKey },
      { ...(await enrol(carol, device)), deviceCertificate: randomBytes(100_000) },
      { ...(await enrol(carol, device)), signature: randomBytes(64) },
      { ...(await enrol(carol, device)), signature: new Uint8Array() },
    ]
    for (const request of wrong) expect(await refusalOf(accounts.enrolDevice(request))).toEqual(proofInvalid)
    const stolen = { ...(await enrol(carol, device)), loginToken: randomBytes(32) }
    expect(await refusalOf(accounts.enrolDevice(stolen))).toEqual(LOGIN_FAILED)
    service.clock.advance(HOUR_MS)
    const late = await enrol(carol, device)
    service.clock.advance(10 * 60_000)
    expect(await refusalOf(accounts.enrolDevice(late))).toEqual(LOGIN_FAILED)
  })

  test('of several at the same moment, no more are let in than there is room for', async () => {
    const dave = await newPerson('dave')
    await register(service, dave)
    await fillDevices(service, dave, 15)
    const requests = []
    for (let count = 0; count < 5; count++) requests.push(await enrol(dave, await newDevice(dave.accountKey)))
    const { accounts } = service.as()
    const calls = requests.map((request) => () => accounts.enrolDevice(request))
    const refused = await refusalsOf(await heldBack(service.database, 'device', calls))
    expect(refused).toEqual(Array(4).fill(DEVICE_LIMIT))
    const { rows } = await service.database.query<{ device_id: Buffer }>(
      'SELECT device_id FROM device WHERE account_id = $1 AND NOT revoked',
      [AccountId.toBytes(dave.accountId)],
    )
    expect(rows.map((row) => DeviceId.fromBytes(row.device_id))).toHaveLength(16)
  })
})
