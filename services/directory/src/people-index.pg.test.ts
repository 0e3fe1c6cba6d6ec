import { AccountId } from '@veche/protocol'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { OpenAccounts } from './open-accounts.ts'
import { PeopleIndex } from './people-index.ts'
import type { FakeAccount } from './testing/fake-accounts.ts'
import { refusalOf, startTestService, type TestService } from './testing/test-service.ts'

const seed = Number.parseInt(process.env.VECHE_SEED ?? '', 10) || Date.now() % 2 ** 31
let service: TestService
let index: PeopleIndex

beforeAll(async () => {
  service = await startTestService()
  const openAccounts = new OpenAccounts(service.accounts.client())
  index = new PeopleIndex({ database: service.database, openAccounts, pageSize: 3 })
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  for (const account of added.splice(0)) account.isOpen = false
  await reconcile()
  expect(await indexed()).toEqual([])
})

const added: FakeAccount[] = []
const add = (handle: string) => {
  const account = service.accounts.add(handle, `Name of ${handle}`)
  added.push(account)
  return account
}
const reconcile = () => index.reconcile(new AbortController().signal)
const refresh = (...accounts: FakeAccount[]) => index.refresh(accounts.map(({ accountId }) => accountId))
const indexed = async () => {
  const { rows } = await service.database.query<{ handle: string }>(
    'SELECT handle FROM person ORDER BY handle',
  )
  return rows.map(({ handle }) => handle)
}

test('what was opened, closed or renamed while the directory did not run is made good, page by page', async () => {
  const accounts = Array.from({ length: 10 }, (_, number) => add(`person${number}`))
  await reconcile()
  expect(await indexed()).toHaveLength(10)
  for (const number of [0, 4, 9]) accounts[number]!.isOpen = false
  accounts[5]!.handle = 'renamed'
  add('newcomer')
  await reconcile()
  expect(await indexed()).toEqual([
    'newcomer',
    'person1',
    'person2',
    'person3',
    'person6',
    'person7',
    'person8',
    'renamed',
  ])
  service.statements.length = 0
  await reconcile()
  expect(service.statements).toEqual([])
})

test('keys that an older version has made are made anew', async () => {
  add('someone')
  await reconcile()
  await service.database.query("UPDATE person SET keys = '{}', keys_version = 0")
  await reconcile()
  const { rows } = await service.database.query<{ count: bigint }>(
    'SELECT count(*) FROM person WHERE keys_version > 0 AND cardinality(keys) > 0',
  )
  expect(rows[0]!.count).toBe(1n)
})

test('a comparison that meets no accounts changes nothing', async () => {
  add('someone')
  await reconcile()
  service.accounts.isReachable = false
  await expect(reconcile()).rejects.toThrow()
  service.accounts.isReachable = true
  expect(await indexed()).toEqual(['someone'])
})

test('an answer that is slow never takes the place of a newer one', async () => {
  const person = add('someone')
  await refresh(person)
  const answered = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  service.accounts.beforeAnswer = async () => {
    asked.resolve()
    await answered.promise
  }
  const slow = refresh(person) // has been told that the account is open
  await asked.promise
  service.accounts.beforeAnswer = async () => {}
  person.isOpen = false
  const quick = refresh(person)
  answered.resolve()
  await Promise.all([slow, quick])
  expect(await indexed()).toEqual([])
})

test('whatever happens in whatever order, telling after each change leaves what accounts has', async () => {
  const change = fc.record({ account: fc.nat(5), isOpen: fc.boolean(), reconciles: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
      const accounts = Array.from({ length: 6 }, (_, number) => add(`p${number}x`))
      const running = changes.map(async ({ account, isOpen, reconciles }) => {
        accounts[account]!.isOpen = isOpen
        await refresh(accounts[account]!)
        if (reconciles) await reconcile()
      })
      await Promise.all([...running, refresh(...accounts)])
      expect(await indexed()).toEqual(accounts.filter(({ isOpen }) => isOpen).map(({ handle }) => handle))
      for (const account of accounts) account.isOpen = false
      await refresh(...accounts)
    }),
    { seed, numRuns: 15 },
  )
})

test('the internal call takes at most 500 ids, and only ids', async () => {
  const { internal } = service
  const id = AccountId.toBytes(add('someone').accountId)
  await internal.refreshPeople({ accountIds: [id, id] })
  expect(await indexed()).toEqual(['someone'])
  await internal.refreshPeople({})
  expect(await refusalOf(internal.refreshPeople({ accountIds: Array(501).fill(id) }))).toBe(
    'InvalidArgument too_many_ids',
  )
  expect(await refusalOf(internal.refreshPeople({ accountIds: [new Uint8Array(31)] }))).toBe(
    'InvalidArgument account_id_invalid',
  )
})
