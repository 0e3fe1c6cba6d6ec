import { randomBytes } from 'node:crypto'
import { create, toBinary } from '@bufbuild/protobuf'
import { AccountId, type Label, labelled } from '@veche/protocol'
import {
  NewRecoveryCodeSchema,
  PasswordStatementSchema,
  RecoveryCodeStatementSchema,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { Code } from '@veche/service-kit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type SigningKey, sign } from '../keys/ed25519.ts'
import { heldBack } from '../testing/held-back.ts'
import {
  accessToken,
  hashOf,
  logIn,
  newPerson,
  type Person,
  register,
  startPassword,
  wrap,
} from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { startTestService, type TestService } from '../testing/test-service.ts'

const HOUR_MS = 3_600_000
const LOGIN_FAILED = { code: Code.Unauthenticated, reason: 'login_failed' }
const PROOF_INVALID = { code: Code.InvalidArgument, reason: 'proof_invalid' }
const NEW_PASSWORD = 'a wholly new password'

let service: TestService
let alice: Person
let bob: Person
let count = 0
beforeAll(async () => {
  service = await startTestService()
  bob = await newPerson('bobby')
  await register(service, bob)
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  service.clock.advance(2 * HOUR_MS)
  alice = await newPerson(`alice-${'abcdefghjk'[count++]}`)
  await register(service, alice)
})

interface Signing {
  readonly label?: Label
  readonly signer?: SigningKey
  readonly accountId?: Uint8Array
}

async function signed(statement: Uint8Array, label: Label, { signer = alice.accountKey }: Signing) {
  const { identityKey } = await service.as().accounts.getServer({})
  return { statement, signature: sign(signer, labelled(label, identityKey, statement)) }
}

async function preparePassword(person: Person = alice, signing: Signing = {}) {
  const { accounts } = service.as()
  const proved = await logIn(service.as(), person.handle, person.password)
  const password = startPassword(NEW_PASSWORD)
  const { opaqueRequest } = password
  const { changeToken, opaqueResponse } = await accounts.startPasswordChange({
    loginToken: proved!.loginToken,
    opaqueRequest,
  })
  const accountId = signing.accountId ?? AccountId.toBytes(alice.accountId)
  const statement = create(PasswordStatementSchema, {
    accountId,
    changeToken,
    password: password.finish(opaqueResponse),
  })
  return signed(
    toBinary(PasswordStatementSchema, statement),
    signing.label ?? 'veche password change proof v1',
    signing,
  )
}

async function prepareCode(verifier: Uint8Array, person: Person = alice, signing: Signing = {}) {
  const proved = await logIn(service.as(), person.handle, person.password)
  const statement = create(RecoveryCodeStatementSchema, {
    accountId: AccountId.toBytes(alice.accountId),
    loginToken: proved!.loginToken,
    recoveryCode: create(NewRecoveryCodeSchema, {
      recoveryWrap: wrap(),
      recoveryVerifierHash: hashOf(verifier),
    }),
  })
  return signed(
    toBinary(RecoveryCodeStatementSchema, statement),
    signing.label ?? 'veche recovery code proof v1',
    signing,
  )
}

const change = (request: Awaited<ReturnType<typeof signed>>) => service.as().accounts.changePassword(request)
const changeCode = (request: Awaited<ReturnType<typeof signed>>) =>
  service.as().accounts.changeRecoveryCode(request)
const signsInWith = async (password: string) =>
  (await logIn(service.as(), alice.handle, password)) !== undefined
const recovers = async (verifier: Uint8Array) => {
  const { opaqueRequest } = startPassword('x')
  const started = service.as().accounts.startRecovery({ handle: alice.handle, verifier, opaqueRequest })
  return started.then(
    () => true,
    async (error) =>
      (await refusalOf(Promise.reject(error))).reason === 'recovery_failed' ? false : undefined,
  )
}

test('the new password signs in, and the old one at once no more; devices and recovery code stay', async () => {
  await change(await preparePassword())
  expect(await signsInWith(alice.password)).toBe(false)
  expect(await signsInWith(NEW_PASSWORD)).toBe(true)
  expect(await accessToken(service, alice)).toMatch(/^[\w-]+$/)
  expect(await recovers(alice.verifier)).toBe(true)
})

test('F8: the same bytes again, also at the same moment and after a restart, change it once', async () => {
  const request = await preparePassword()
  const outcomes = await heldBack(service.database, 'opaque_record', [
    () => change(request),
    () => change(request),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
  await service.restart()
  await change(request)
  expect(await signsInWith(NEW_PASSWORD)).toBe(true)
})

test('a login that was proved with the old password just before enrols nothing and changes nothing', async () => {
  const { accounts } = service.as()
  const proved = await logIn(service.as(), alice.handle, alice.password)
  const late = await preparePassword()
  await change(await preparePassword())
  const { loginToken } = proved!
  expect(await refusalOf(change(late))).toEqual(LOGIN_FAILED)
  const { opaqueRequest } = startPassword('x')
  expect(await refusalOf(accounts.startPasswordChange({ loginToken, opaqueRequest }))).toEqual(LOGIN_FAILED)
  const again = await logIn(service.as(), alice.handle, NEW_PASSWORD)
  expect(again?.loginToken).toHaveLength(32)
})

test('of two changes at the same moment one holds, wholly', async () => {
  const requests = [await preparePassword(), await preparePassword()]
  const outcomes = await heldBack(
    service.database,
    'opaque_record',
    requests.map((request) => () => change(request)),
  )
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(await signsInWith(NEW_PASSWORD)).toBe(true)
})

test('tokens are good once, for ten minutes, and for their own account', async () => {
  const late = await preparePassword()
  service.clock.advance(600_000)
  expect(await refusalOf(change(late))).toEqual(LOGIN_FAILED)
  expect(await refusalOf(change(await preparePassword(bob)))).toEqual(LOGIN_FAILED)
  expect(await refusalOf(changeCode(await prepareCode(randomBytes(32), bob)))).toEqual(LOGIN_FAILED)
  expect(await signsInWith(alice.password)).toBe(true)
})

test('A18: what the account did not sign under this label changes nothing', async () => {
  const foreign: Signing[] = [
    { signer: bob.accountKey },
    { label: 'veche account proof v1' },
    { label: 'veche recovery proof v1' },
    { accountId: new Uint8Array(31) },
    { accountId: randomBytes(32) },
  ]
  for (const signing of [...foreign, { label: 'veche recovery code proof v1' } as const]) {
    service.clock.advance(HOUR_MS)
    expect(await refusalOf(change(await preparePassword(alice, signing)))).toEqual(PROOF_INVALID)
  }
  for (const signing of [...foreign.slice(0, 3), { label: 'veche password change proof v1' } as const]) {
    service.clock.advance(HOUR_MS)
    expect(await refusalOf(changeCode(await prepareCode(randomBytes(32), alice, signing)))).toEqual(
      PROOF_INVALID,
    )
  }
  const swapped = await preparePassword()
  expect(await refusalOf(changeCode(swapped))).toEqual(PROOF_INVALID)
  expect(await signsInWith(alice.password)).toBe(true)
  expect(await recovers(alice.verifier)).toBe(true)
})

test('a new recovery code ends the one before; the same bytes again change nothing', async () => {
  const verifier = randomBytes(32)
  const request = await prepareCode(verifier)
  await changeCode(request)
  await service.restart()
  await changeCode(request)
  expect(await recovers(alice.verifier)).toBe(false)
  expect(await recovers(verifier)).toBe(true)
  const later = randomBytes(32)
  await changeCode(await prepareCode(later))
  expect(await refusalOf(changeCode(request))).toEqual(LOGIN_FAILED)
  expect(await recovers(later)).toBe(true)
})
