import { randomBytes } from 'node:crypto'
import { AccountId } from '@veche/protocol'
import { AcceptancePolicy, Visibility } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { Code } from '@veche/service-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newPerson, type Person, register } from '../../testing/person.ts'
import { refusalOf } from '../../testing/refusal.ts'
import { type PublicClients, startTestService, type TestService } from '../../testing/test-service.ts'

const ACCOUNT_ID_INVALID = { code: Code.InvalidArgument, reason: 'account_id_invalid' }

let service: TestService
let alice: Person
let bob: Person
let asAlice: PublicClients['accounts']
let asBob: PublicClients['accounts']
beforeAll(async () => {
  service = await startTestService()
  alice = await newPerson('alice')
  bob = await newPerson('bobby', { displayName: 'Боб' })
  asAlice = service.as(await register(service, alice)).accounts
  asBob = service.as(await register(service, bob)).accounts
})
afterAll(() => service[Symbol.asyncDispose]())

const bytesOf = ({ accountId }: Person) => AccountId.toBytes(accountId)
const resolve = (handle: string, requester = bob) =>
  service.internal.resolveHandle({ handle, requesterId: bytesOf(requester) })
const acceptance = async (account: Uint8Array, requester = bob) =>
  (await service.internal.getAcceptance({ accountId: account, requesterId: bytesOf(requester) })).acceptance

test('M11, M12: an account asks first and is not in search, until its owner says otherwise', async () => {
  expect(await asAlice.getOwnAccount({})).toMatchObject({
    acceptance: AcceptancePolicy.CONFIRM,
    visibility: Visibility.CLOSED,
  })
  expect(await asAlice.updateSettings({ acceptance: AcceptancePolicy.ALLOWED })).toMatchObject({
    acceptance: AcceptancePolicy.ALLOWED,
    visibility: Visibility.CLOSED,
  })
  expect(await asAlice.updateSettings({ visibility: Visibility.OPEN })).toMatchObject({
    acceptance: AcceptancePolicy.ALLOWED,
    visibility: Visibility.OPEN,
  })
  expect(await asAlice.updateSettings({})).toMatchObject({
    acceptance: AcceptancePolicy.ALLOWED,
    visibility: Visibility.OPEN,
  })
  expect((await asBob.getOwnAccount({})).acceptance).toBe(AcceptancePolicy.CONFIRM)
  const refused = { code: Code.InvalidArgument, reason: 'setting_invalid' }
  expect(await refusalOf(asAlice.updateSettings({ acceptance: 4 as AcceptancePolicy }))).toEqual(refused)
  expect(await refusalOf(asAlice.updateSettings({ visibility: -1 as Visibility }))).toEqual(refused)
})

test.each([AcceptancePolicy.FORBIDDEN, AcceptancePolicy.CONFIRM, AcceptancePolicy.ALLOWED])(
  'M11: the policy %i is what other services are told',
  async (policy) => {
    await asAlice.updateSettings({ acceptance: policy })
    expect(await acceptance(bytesOf(alice))).toBe(policy)
    expect(await resolve('alice')).toMatchObject({
      found: true,
      accountId: bytesOf(alice),
      acceptance: policy,
    })
  },
)

test('M19: a blocked account finds no one, and only it', async () => {
  await asAlice.updateSettings({ acceptance: AcceptancePolicy.ALLOWED })
  for (let time = 0; time < 2; time++) await asAlice.blockAccount({ accountId: bytesOf(bob) })
  expect(await acceptance(bytesOf(alice))).toBe(AcceptancePolicy.FORBIDDEN)
  expect(await resolve('alice')).toEqual(await resolve('nobody.here'))
  expect(await resolve('bobby', alice)).toMatchObject({ found: true })
  expect(await acceptance(bytesOf(alice), alice)).toBe(AcceptancePolicy.ALLOWED)
  for (let time = 0; time < 2; time++) await asAlice.unblockAccount({ accountId: bytesOf(bob) })
  expect(await acceptance(bytesOf(alice))).toBe(AcceptancePolicy.ALLOWED)
})

test('B6: absent, blocking and present accounts are looked up by the same statements', async () => {
  const asked = async (handle: string) => {
    service.statements.length = 0
    await resolve(handle)
    return [...service.statements]
  }
  const present = await asked('alice')
  await asAlice.blockAccount({ accountId: bytesOf(bob) })
  expect(await asked('alice')).toEqual(present)
  expect(await asked('nobody.here')).toEqual(present)
  expect(present).toHaveLength(1)
  await asAlice.unblockAccount({ accountId: bytesOf(bob) })
})

test('blocking answers the same for an account that is absent, and never for oneself', async () => {
  expect(await asAlice.blockAccount({ accountId: randomBytes(32) })).toEqual(
    await asAlice.blockAccount({ accountId: bytesOf(bob) }),
  )
  await asAlice.unblockAccount({ accountId: bytesOf(bob) })
  expect(await refusalOf(asAlice.blockAccount({ accountId: bytesOf(alice) }))).toEqual({
    code: Code.InvalidArgument,
    reason: 'own_account',
  })
  expect(await refusalOf(asAlice.blockAccount({ accountId: randomBytes(31) }))).toEqual(ACCOUNT_ID_INVALID)
  expect(await refusalOf(asAlice.unblockAccount({}))).toEqual(ACCOUNT_ID_INVALID)
})

test('an absent account accepts nothing', async () => {
  expect(await acceptance(randomBytes(32))).toBe(AcceptancePolicy.FORBIDDEN)
})

test('accounts come in the order asked, with their active devices, and unknown ones are left out', async () => {
  const accountIds = [bytesOf(bob), randomBytes(32), bytesOf(alice), bytesOf(bob)]
  const { accounts } = await service.internal.getAccounts({ accountIds })
  expect(accounts.map(({ handle }) => handle)).toEqual(['bobby', 'alice', 'bobby'])
  expect(accounts[0]).toMatchObject({
    accountId: bytesOf(bob),
    accountKey: bob.accountKey.publicKey,
    displayName: 'Боб',
    devices: [{ certificate: bob.device.certificate, signatureKey: bob.device.signaturePublicKey }],
  })
  await service.database.query('UPDATE device SET revoked = true WHERE account_id = $1', [bytesOf(bob)])
  expect((await service.internal.getAccounts({ accountIds })).accounts[0]?.devices).toEqual([])
  await service.database.query('UPDATE device SET revoked = false')
})

test('malformed ids, handles and lists are refused', async () => {
  const { internal } = service
  const requesterId = bytesOf(bob)
  expect(await refusalOf(internal.getAccounts({ accountIds: [randomBytes(31)] }))).toEqual(ACCOUNT_ID_INVALID)
  expect(await refusalOf(internal.getAcceptance({ accountId: randomBytes(33), requesterId }))).toEqual(
    ACCOUNT_ID_INVALID,
  )
  expect(await refusalOf(internal.resolveHandle({ handle: 'alice' }))).toEqual(ACCOUNT_ID_INVALID)
  expect((await refusalOf(internal.resolveHandle({ handle: 'A', requesterId }))).reason).toBe(
    'handle_invalid',
  )
  const many = Array.from({ length: 2001 }, () => requesterId)
  expect((await refusalOf(internal.getAccounts({ accountIds: many }))).code).toBe(Code.InvalidArgument)
  expect((await internal.getAccounts({ accountIds: many.slice(1) })).accounts).toHaveLength(2000)
})

test('a token of an account that has gone is of no use', async () => {
  const gone = await newPerson('gone.one')
  const { accounts } = service.as(await register(service, gone))
  await service.database.query("DELETE FROM account WHERE handle = 'gone.one'")
  for (const call of [
    () => accounts.getOwnAccount({}),
    () => accounts.updateSettings({}),
    () => accounts.uploadKeyPackages({}),
  ]) {
    expect(await refusalOf(call())).toEqual({ code: Code.Unauthenticated, reason: 'token_invalid' })
  }
})
