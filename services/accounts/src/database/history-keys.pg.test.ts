/** History keys in the account's backup: docs/wire/archive.md. */
import { randomBytes } from 'node:crypto'
import { AccountId } from '@veche/protocol'
import { Code } from '@veche/service-kit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { heldBack } from '../testing/held-back.ts'
import { accessToken, newPerson, type Person, register } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { startTestService, type TestService } from '../testing/test-service.ts'

let service: TestService
let alice: Person
let count = 0
beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  service.clock.advance(3_600_000)
  alice = await newPerson(`alice-${'abcdefghjk'[count++]}`)
  await register(service, alice)
})

const as = async (person = alice) => service.as(await accessToken(service, person)).accounts
const bytes = (length: number) => Uint8Array.from(randomBytes(length))

test('M15: what was added comes back in its order, to the account’s own devices, and once', async () => {
  const accounts = await as()
  const added = [bytes(100), bytes(1), bytes(64 * 1024)]
  for (const sealed of [...added, added[0]!]) await accounts.addHistoryKeys({ sealed })
  const { batches, more } = await accounts.listHistoryKeys({})
  expect(batches.map(({ number, sealed }) => [number, sealed])).toEqual(
    added.map((sealed, index) => [BigInt(index + 1), sealed]),
  )
  expect(more).toBe(false)
  const after = await accounts.listHistoryKeys({ after: 2n })
  expect(after.batches.map(({ number }) => number)).toEqual([3n])
  for (const last of [3n, 2n ** 64n - 1n]) {
    expect(await accounts.listHistoryKeys({ after: last })).toMatchObject({ batches: [], more: false })
  }
})

test('A14 A17: nobody else reads or adds any', async () => {
  await (await as()).addHistoryKeys({ sealed: bytes(100) })
  const mallory = await newPerson(`mallory-${'abcdefghjk'[count]}`)
  await register(service, mallory)
  expect(await (await as(mallory)).listHistoryKeys({})).toMatchObject({ batches: [], more: false })
  const missing = { code: Code.Unauthenticated, reason: 'token_missing' }
  expect(await refusalOf(service.as().accounts.listHistoryKeys({}))).toEqual(missing)
  expect(await refusalOf(service.as().accounts.addHistoryKeys({ sealed: bytes(1) }))).toEqual(missing)
})

test('what is not of its size is refused', async () => {
  const accounts = await as()
  for (const length of [0, 64 * 1024 + 1, 200_000]) {
    const refused = await refusalOf(accounts.addHistoryKeys({ sealed: bytes(length) }))
    expect(refused).toEqual({ code: Code.InvalidArgument, reason: 'backup_invalid' })
  }
  expect((await accounts.listHistoryKeys({})).batches).toEqual([])
})

test('a page holds at most 1 MiB, and says whether there is more', async () => {
  const accounts = await as()
  const sealed = Array.from({ length: 40 }, () => bytes(60_000))
  for (const one of sealed) await accounts.addHistoryKeys({ sealed: one })
  const read: Uint8Array[] = []
  for (let after = 0n, isDone = false; !isDone; ) {
    const { batches, more } = await accounts.listHistoryKeys({ after })
    const size = batches.reduce((sum, batch) => sum + batch.sealed.length, 0)
    expect(size).toBeGreaterThan(0)
    expect(size).toBeLessThanOrEqual(1024 * 1024)
    read.push(...batches.map((batch) => batch.sealed))
    after = batches.at(-1)!.number
    isDone = !more
  }
  expect(read).toEqual(sealed)
})

test('an account has room for 100 MiB, and what it has already is no more', async () => {
  const accounts = await as()
  const first = bytes(64 * 1024)
  await accounts.addHistoryKeys({ sealed: first })
  await service.database.query('UPDATE history_key SET total_bytes = $2 WHERE account_id = $1', [
    AccountId.toBytes(alice.accountId),
    100 * 1024 * 1024 - 10,
  ])
  const full = { code: Code.ResourceExhausted, reason: 'backup_full' }
  expect(await refusalOf(accounts.addHistoryKeys({ sealed: bytes(11) }))).toEqual(full)
  await accounts.addHistoryKeys({ sealed: first })
  await accounts.addHistoryKeys({ sealed: bytes(10) })
  expect(await refusalOf(accounts.addHistoryKeys({ sealed: bytes(1) }))).toEqual(full)
})

test('F8: of the same bytes at the same moment one batch is made; different ones get numbers of their own', async () => {
  const accounts = await as()
  const same = bytes(100)
  await accounts.addHistoryKeys({ sealed: bytes(1) })
  const all = [same, same, same, bytes(100), bytes(100)]
  const calls = all.map((sealed) => () => accounts.addHistoryKeys({ sealed }))
  const outcomes = await heldBack(service.database, 'history_key', calls)
  expect(outcomes.map(({ status }) => status)).toEqual(Array(5).fill('fulfilled'))
  const { batches } = await accounts.listHistoryKeys({})
  expect(batches.map(({ number }) => number)).toEqual([1n, 2n, 3n, 4n])
})

test('an account adds 60 at once, then one each ten seconds', async () => {
  const accounts = await as()
  for (let time = 0; time < 60; time++) await accounts.addHistoryKeys({ sealed: Uint8Array.of(time) })
  expect((await refusalOf(accounts.addHistoryKeys({ sealed: bytes(2) }))).reason).toBe('too_many_calls')
  service.clock.advance(10_000)
  await accounts.addHistoryKeys({ sealed: bytes(2) })
})
