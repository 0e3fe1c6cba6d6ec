import { randomBytes } from 'node:crypto'
import { create, toBinary } from '@bufbuild/protobuf'
import * as opaque from '@serenity-kit/opaque'
import { revokeDevice, verifyRevocation } from '@veche/mls'
import { AccountId, DeviceId, type Label, labelled } from '@veche/protocol'
import {
  NewRecoveryCodeSchema,
  type RecoveryStatement,
  RecoveryStatementSchema,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { Code } from '@veche/service-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type SigningKey, sign } from '../keys/ed25519.ts'
import { heldBack } from '../testing/held-back.ts'
import {
  accessToken,
  fillDevices,
  hashOf,
  logIn,
  newDevice,
  newPerson,
  type Person,
  register,
  startPassword,
  wrap,
} from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { startTestService, type TestService } from '../testing/test-service.ts'
import { welch } from '../testing/welch.ts'

const HOUR_MS = 3_600_000
const RECOVERY_FAILED = { code: Code.Unauthenticated, reason: 'recovery_failed' }
const PROOF_INVALID = { code: Code.InvalidArgument, reason: 'proof_invalid' }
const NEW_PASSWORD = 'a wholly new password'

let service: TestService
let count = 0
beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
/** Buckets are full again. */
beforeEach(() => service.clock.advance(2 * HOUR_MS))

async function registered(): Promise<Person> {
  const person = await newPerson(`person-${'abcdefghjkpqrstuvwxyz'[count++]}`)
  await register(service, person)
  return person
}

await opaque.ready
const { opaqueRequest: anyRequest } = startPassword('any')

const guess = (handle: string, verifier: Uint8Array = randomBytes(32)) =>
  service.as().accounts.startRecovery({ handle, verifier, opaqueRequest: anyRequest })

interface Changes {
  readonly statement?: Partial<RecoveryStatement>
  readonly signer?: SigningKey
  readonly label?: Label
}

/** The whole of a client's part, up to the last request. */
async function prepare(person: Person, changes: Changes = {}) {
  const { accounts } = service.as()
  const { handle, verifier, accountKey } = person
  const password = startPassword(NEW_PASSWORD)
  const started = await accounts.startRecovery({ handle, verifier, opaqueRequest: password.opaqueRequest })
  const device = await newDevice(accountKey)
  const signAsAccount = (bytes: Uint8Array) => sign(accountKey, bytes)
  const revoke = (id: Uint8Array) => revokeDevice(signAsAccount, accountKey.publicKey, DeviceId.fromBytes(id))
  const statement = toBinary(RecoveryStatementSchema, {
    ...create(RecoveryStatementSchema, {
      recoveryToken: started.recoveryToken,
      password: password.finish(started.opaqueResponse),
      deviceCertificate: device.certificate,
      deviceSignatureKey: device.signaturePublicKey,
      revocations: await Promise.all(started.devices.map(({ deviceId }) => revoke(deviceId))),
    }),
    ...changes.statement,
  })
  const { identityKey } = await accounts.getServer({})
  const { label = 'veche recovery proof v1', signer = accountKey } = changes
  return {
    started,
    device,
    request: { statement, signature: sign(signer, labelled(label, identityKey, statement)) },
  }
}

const finish = (request: Awaited<ReturnType<typeof prepare>>['request']) =>
  service.as().accounts.finishRecovery(request)

describe('recovering', () => {
  test('the verifier gives what the code opens; then the password is new, and the device too', async () => {
    const person = await registered()
    const oldToken = await accessToken(service, person)
    const { started, device, request } = await prepare(person)
    expect(started.accountId).toEqual(AccountId.toBytes(person.accountId))
    expect(started.recoveryWrap?.ciphertext).toHaveLength(48)
    expect(started.devices).toMatchObject([{ active: true }])
    expect(await finish(request)).toMatchObject({
      handle: person.handle,
      displayName: 'Алиса',
      administrator: false,
    })

    expect(await logIn(service.as(), person.handle, person.password)).toBeUndefined()
    expect((await logIn(service.as(), person.handle, NEW_PASSWORD))?.loginToken).toHaveLength(32)
    const { devices } = await service.as(oldToken).accounts.listDevices({})
    expect(devices.map(({ certificate }) => certificate)).toEqual([device.certificate])
    expect((await refusalOf(accessToken(service, person))).reason).toBe('proof_invalid')
    const ids = [AccountId.toBytes(person.accountId)]
    const [account] = (await service.internal.getAccounts({ accountIds: ids })).accounts
    const [revocation] = account!.revocations
    expect((await verifyRevocation(revocation!)).deviceId).toBe(person.deviceId)
    expect((await service.internal.listEndedDevices({})).devices).toContainEqual(
      expect.objectContaining({ deviceId: DeviceId.toBytes(person.deviceId) }),
    )
  })

  test('F8: the same bytes again, also at the same moment, recover once', async () => {
    const person = await registered()
    const { request } = await prepare(person)
    const outcomes = await heldBack(service.database, 'opaque_record', [
      () => finish(request),
      () => finish(request),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    await service.restart()
    await finish(request)
    expect(await logIn(service.as(), person.handle, NEW_PASSWORD)).toBeDefined()
  })

  test('a new recovery code ends the one before; without one it stays good', async () => {
    const person = await registered()
    await finish((await prepare(person)).request)
    service.clock.advance(HOUR_MS)
    const verifier = randomBytes(32)
    const recoveryCode = create(NewRecoveryCodeSchema, {
      recoveryWrap: wrap(),
      recoveryVerifierHash: hashOf(verifier),
    })
    await finish((await prepare(person, { statement: { recoveryCode } })).request)
    expect(await refusalOf(guess(person.handle, person.verifier))).toEqual(RECOVERY_FAILED)
    expect((await guess(person.handle, verifier)).recoveryToken).toHaveLength(32)
  })

  test('who proved the code or the password just before the change has proved nothing', async () => {
    const person = await registered()
    const { request: stale } = await prepare(person)
    const proved = await logIn(service.as(), person.handle, person.password)
    const verifier = randomBytes(32)
    const recoveryCode = create(NewRecoveryCodeSchema, {
      recoveryWrap: wrap(),
      recoveryVerifierHash: hashOf(verifier),
    })
    await finish((await prepare(person, { statement: { recoveryCode } })).request)
    expect(await refusalOf(finish(stale))).toEqual(RECOVERY_FAILED)
    const { loginToken } = proved!
    expect(
      (await refusalOf(service.as().accounts.startPasswordChange({ loginToken, opaqueRequest: anyRequest })))
        .reason,
    ).toBe('login_failed')
  })

  test('the token is good once, for ten minutes, and for its own account', async () => {
    const person = await registered()
    const other = await registered()
    const { request } = await prepare(person)
    service.clock.advance(600_000)
    expect(await refusalOf(finish(request))).toEqual(RECOVERY_FAILED)
    const { started } = await prepare(other)
    const { request: foreign } = await prepare(person, {
      statement: { recoveryToken: started.recoveryToken },
    })
    expect(await refusalOf(finish(foreign))).toEqual(RECOVERY_FAILED)
    expect(await logIn(service.as(), person.handle, person.password)).toBeDefined()
  })

  test('an active device that is not revoked along with it stays, where there is room', async () => {
    const person = await registered()
    const { request } = await prepare(person, { statement: { revocations: [] } })
    await finish(request)
    const { devices } = await service.as(await accessToken(service, person)).accounts.listDevices({})
    expect(devices).toHaveLength(2)
  })

  test('a 17th device stops it, and nothing has changed', async () => {
    const person = await registered()
    await fillDevices(service, person, 16)
    const { request } = await prepare(person, { statement: { revocations: [] } })
    expect(await refusalOf(finish(request))).toEqual({
      code: Code.FailedPrecondition,
      reason: 'device_limit',
    })
    expect(await logIn(service.as(), person.handle, person.password)).toBeDefined()
    expect(await accessToken(service, person)).toMatch(/^[\w-]+$/)
  })

  test('A18: what the account did not sign under this label, or what is not whole, changes nothing', async () => {
    const person = await registered()
    const other = await registered()
    const wrong: Changes[] = [
      { signer: other.accountKey },
      { label: 'veche account proof v1' },
      { label: 'veche enrolment proof v1' },
      { label: 'veche password change proof v1' },
      { label: 'veche recovery code proof v1' },
      { statement: { deviceCertificate: (await newDevice(other.accountKey)).certificate } },
      { statement: { deviceSignatureKey: randomBytes(32) } },
      { statement: { password: undefined as never } },
      { statement: { recoveryCode: create(NewRecoveryCodeSchema, { recoveryWrap: wrap() }) } },
      { statement: { revocations: [randomBytes(100)] } },
    ]
    for (const changes of wrong) {
      service.clock.advance(HOUR_MS)
      const { request } = await prepare(person, changes)
      expect(await refusalOf(finish(request))).toEqual(PROOF_INVALID)
    }
    for (const statement of [new Uint8Array(), randomBytes(100_000)]) {
      expect(await refusalOf(finish({ statement, signature: randomBytes(64) }))).toEqual(PROOF_INVALID)
    }
    expect(await logIn(service.as(), person.handle, person.password)).toBeDefined()
  })
})

describe('B1: whether a handle is known', () => {
  test('does not show in the answer, nor in what PostgreSQL is asked', async () => {
    const { handle } = await registered()
    const asked = async (name: string) => {
      service.statements.length = 0
      expect(await refusalOf(guess(name))).toEqual(RECOVERY_FAILED)
      return [...service.statements]
    }
    expect(await asked('nobody.here')).toEqual(await asked(handle))
    expect(service.statements).not.toHaveLength(0)
    for (const verifier of [new Uint8Array(), new Uint8Array(32), randomBytes(100_000)]) {
      for (const name of [handle, 'nobody.here'])
        expect(await refusalOf(guess(name, verifier))).toEqual(RECOVERY_FAILED)
    }
    const malformed = { verifier: randomBytes(32), opaqueRequest: 'x' }
    for (const name of [handle, 'nobody.here']) {
      const refused = await refusalOf(service.as().accounts.startRecovery({ handle: name, ...malformed }))
      expect(refused).toEqual(RECOVERY_FAILED)
    }
  })

  test('does not show in the time, as far as this machine can tell', async () => {
    const { handle } = await registered()
    const times: [number[], number[]] = [[], []]
    for (let round = 0; round < 300; round++) {
      for (const which of round % 2 ? [0, 1] : [1, 0]) {
        service.clock.advance(HOUR_MS)
        const startedMs = performance.now()
        await guess(which === 0 ? handle : 'nobody.here').catch(() => {})
        times[which]!.push(performance.now() - startedMs)
      }
    }
    process.stdout.write(`B1: recovery, Welch's t over 300 pairs is ${welch(...times).toFixed(2)}\n`)
    expect(times.map(({ length }) => length)).toEqual([300, 300])
  })
})

test('B4: at most 20 guesses an hour and handle are answered, and they do not keep logins away', async () => {
  const { handle } = await registered()
  for (const name of [handle, 'nobody.at.all']) {
    let answered = 0
    for (let round = 0; round < 200; round++) {
      service.clock.advance(HOUR_MS / 200)
      const { reason } = await refusalOf(guess(name))
      if (reason === 'recovery_failed') answered++
      else expect(reason).toBe('too_many_calls')
    }
    expect(answered).toBeGreaterThanOrEqual(10)
    expect(answered).toBeLessThanOrEqual(20)
  }
  expect(await logIn(service.as(), handle, `password of ${handle}`)).toBeDefined()
})
