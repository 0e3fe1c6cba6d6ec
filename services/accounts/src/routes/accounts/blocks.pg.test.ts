import { randomBytes } from 'node:crypto'
import { AccountId } from '@veche/protocol'
import { AcceptancePolicy } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { Code } from '@veche/service-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newPerson, type Person, register } from '../../testing/person.ts'
import { refusalOf } from '../../testing/refusal.ts'
import { type PublicClients, startTestService, type TestService } from '../../testing/test-service.ts'

let service: TestService
let alice: Person
let bob: Person
let asAlice: PublicClients['accounts']

beforeAll(async () => {
  service = await startTestService()
  alice = await newPerson('alice')
  bob = await newPerson('boris')
  asAlice = service.as(await register(service, alice)).accounts
  await register(service, bob)
})
afterAll(() => service[Symbol.asyncDispose]())

const idOf = ({ accountId }: Person) => AccountId.toBytes(accountId)
const listed = async () =>
  (await asAlice.listBlocked({})).blocked.map(({ handle, displayName }) => [handle, displayName])
const isReachable = async (requester: Person) =>
  (await service.internal.resolveHandle({ handle: 'alice', requesterId: idOf(requester) })).found
const acceptance = async (requester: Person) =>
  (await service.internal.getAcceptance({ accountId: idOf(alice), requesterId: idOf(requester) })).acceptance

test('M19 who is blocked by id, by handle, or both, finds nobody and is listed once', async () => {
  const byId = { accountId: idOf(bob) }
  const byHandle = { handle: 'boris' }
  for (const ways of [[byId], [byHandle], [byHandle, byId]]) {
    for (const way of ways) await asAlice.blockAccount(way)
    expect([await isReachable(bob), await acceptance(bob)]).toEqual([false, AcceptancePolicy.FORBIDDEN])
    expect(await listed()).toEqual([ways.includes(byId) ? ['boris', 'Алиса'] : ['boris', '']])
    await asAlice.unblockAccount(ways.at(-1)!)
    expect(await listed()).toEqual([])
    expect(await isReachable(bob)).toBe(true)
  }
  await asAlice.blockAccount(byId)
  await asAlice.blockAccount(byHandle)
  await asAlice.unblockAccount(byHandle)
  expect(await isReachable(bob)).toBe(true)
})

test('B6 handles that nobody has are blocked and listed like others, and who takes one later is blocked', async () => {
  for (const handle of ['zelda', 'yanna', 'boris']) await asAlice.blockAccount({ handle })
  const { blocked } = await asAlice.listBlocked({})
  expect(blocked.map(({ handle }) => handle)).toEqual(['boris', 'yanna', 'zelda'])
  expect(
    blocked.every(
      ({ accountId, accountKey, displayName }) => !accountId.length && !accountKey.length && !displayName,
    ),
  ).toBe(true)
  const zelda = await newPerson('zelda')
  await register(service, zelda)
  expect(await isReachable(zelda)).toBe(false)
  for (const handle of ['zelda', 'yanna', 'boris']) await asAlice.unblockAccount({ handle })
  expect(await listed()).toEqual([])
})

test('what cannot be blocked', async () => {
  const { InvalidArgument } = Code
  const tried = [
    [{ accountId: idOf(alice) }, 'own_account'],
    [{ handle: 'alice' }, 'own_account'],
    [{ handle: 'Al ice' }, 'handle_invalid'],
    [{ handle: 'x'.repeat(100_000) }, 'handle_invalid'],
    [{ accountId: randomBytes(31) }, 'account_id_invalid'],
    [{}, 'account_id_invalid'],
  ] as const
  for (const [request, reason] of tried) {
    expect(await refusalOf(asAlice.blockAccount(request))).toEqual({ code: InvalidArgument, reason })
  }
  await asAlice.blockAccount({ accountId: randomBytes(32) })
  expect(await listed()).toEqual([])
})

test('an account blocks at most a thousand', async () => {
  await service.database.query(
    `INSERT INTO handle_block SELECT $1, 'made' || n FROM generate_series(1, 1000) AS n`,
    [idOf(alice)],
  )
  expect(await refusalOf(asAlice.blockAccount({ handle: 'one-more' }))).toEqual({
    code: Code.ResourceExhausted,
    reason: 'too_many_blocks',
  })
  await service.database.query('DELETE FROM handle_block')
})

test('which of two accounts block the other', async () => {
  const blockers = async () => {
    const { accountIds } = await service.internal.getBlockers({ accountIds: [idOf(bob), idOf(alice)] })
    return accountIds.map((id) => AccountId.fromBytes(id))
  }
  expect(await blockers()).toEqual([])
  await asAlice.blockAccount({ handle: 'boris' })
  expect(await blockers()).toEqual([alice.accountId])
  await asAlice.unblockAccount({ handle: 'boris' })
  const call = service.internal.getBlockers({ accountIds: [idOf(bob)] })
  expect(await refusalOf(call)).toMatchObject({ reason: 'account_id_invalid' })
})
