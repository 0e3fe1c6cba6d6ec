import { AccountId } from '@veche/protocol'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { FakeAccount } from '../testing/fake-accounts.ts'
import { refusalOf, startTestService, type TestService } from '../testing/test-service.ts'

let service: TestService
let alisa: FakeAccount
let masha: FakeAccount
let petr: FakeAccount

beforeAll(async () => {
  service = await startTestService()
  alisa = service.accounts.add('alisa', 'Алиса Петрова')
  masha = service.accounts.add('masha', 'Маша')
  petr = service.accounts.add('petr.a', 'Пётр Алисов')
  service.accounts.add('zed', 'Alisa Klein')
  for (let index = 10; index < 40; index++) service.accounts.add(`boris${index}`, 'Борис')
  service.accounts.add('boris', 'Борис')
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  await refresh(alisa, masha, petr)
})

const refresh = (...accounts: FakeAccount[]) =>
  service.internal.refreshPeople({
    accountIds: accounts.map(({ accountId }) => AccountId.toBytes(accountId)),
  })
const find = async (query: string, limit = 0, as?: AccountId) =>
  (await service.as(as).searchPeople({ query, limit })).people.map(({ handle }) => handle)

test('M21 people are found in either alphabet, with mistakes, by the beginning, and the exact handle is first', async () => {
  await service.start()
  await expect.poll(() => find('boris39'), { timeout: 30_000 }).toEqual(['boris39'])
  expect(await find('Алиса')).toEqual(['alisa', 'zed'])
  expect(await find('@ALISA')).toEqual(['alisa', 'zed'])
  expect(await find('алсиа')).toEqual(['alisa', 'zed'])
  expect(await find('ма')).toEqual(['masha'])
  expect(await find('vfif')).toEqual(['masha'])
  expect(await find('петр алис')).toEqual(['petr.a', 'alisa'])
  expect((await find('борис'))[0]).toBe('boris')
  expect((await find('boris'))[0]).toBe('boris')
})

test('who is called just so comes before any number of people whose names only begin so', async () => {
  const many = Array.from({ length: 250 }, (_, index) => service.accounts.add(`a${index}`, 'Левитан'))
  const leo = service.accounts.add('zorro', 'Лев')
  await refresh(...many, leo)
  expect((await find('лев'))[0]).toBe('zorro')
  const mira = service.accounts.add('zz-mira', 'Левитон')
  await refresh(mira)
  expect(await find('левито')).toEqual(['zz-mira'])
  mira.isOpen = false
  for (const account of [...many, leo]) account.isOpen = false
  await refresh(...many, leo, mira)
})

test('M12 what is found is whole and nothing but what anyone may see', async () => {
  const { people } = await service.as().searchPeople({ query: 'маша' })
  const { $typeName, accountId, accountKey, ...shown } = people[0]!
  expect(AccountId.fromBytes(accountId)).toBe(masha.accountId)
  expect(Buffer.from(accountKey)).toEqual(Buffer.from(masha.accountKey))
  expect([$typeName, shown]).toEqual([
    'veche.directory.v1.FoundPerson',
    { handle: 'masha', displayName: 'Маша' },
  ])
})

test('B6 at most 20 in one answer, however many are asked for and however many there are', async () => {
  expect(await find('борис')).toHaveLength(20)
  expect(await find('борис', 1000)).toHaveLength(20)
  expect(await find('борис', 3)).toEqual(await find('борис').then((all) => all.slice(0, 3)))
})

test('M12 a closed account is never found, also while the index still has it', async () => {
  masha.isOpen = false
  expect(await find('masha')).toEqual([])
  await refresh(masha)
  expect(await find('masha')).toEqual([])
  masha.isOpen = true
  expect(await find('masha')).toEqual([])
  await refresh(masha)
  expect(await find('masha')).toEqual(['masha'])
})

test('B6 a closed account and none are told apart by nothing: the same calls, statements and bytes', async () => {
  masha.isOpen = false
  await refresh(masha)
  const seen: unknown[] = []
  for (const query of ['masha', 'nosuch']) {
    service.statements.length = 0
    service.accounts.calls.length = 0
    const answer = await service.as().searchPeople({ query })
    seen.push([[...service.statements], [...service.accounts.calls], answer])
  }
  expect(seen[0]).toEqual(seen[1])
  masha.isOpen = true
})

test('who blocks the caller is not shown to the caller, and to others is', async () => {
  masha.blocks.add(petr.accountId)
  expect(await find('masha', 0, petr.accountId)).toEqual([])
  expect(await find('masha', 0, alisa.accountId)).toEqual(['masha'])
  masha.blocks.clear()
})

test('B6 who is blocked gets the guesses that there are where nobody has the name', async () => {
  const sasha = service.accounts.add('sasha', 'Саша')
  await refresh(sasha)
  expect(await find('masha')).toEqual(['masha'])
  masha.blocks.add(petr.accountId)
  expect(await find('masha', 0, petr.accountId)).toEqual(['sasha'])
  masha.blocks.clear()
  masha.isOpen = false
  expect(await find('masha')).toEqual(['sasha'])
  await refresh(masha)
  expect(await find('masha')).toEqual(['sasha'])
  masha.isOpen = true
  sasha.isOpen = false
  await refresh(sasha)
})

test('who has another name by now is not found by the old one, though the index has it', async () => {
  masha.displayName = 'Ирина'
  masha.handle = 'irina'
  expect(await find('masha')).toEqual([])
  await refresh(masha)
  expect(await find('ирина')).toEqual(['irina'])
  masha.displayName = 'Маша'
  masha.handle = 'masha'
})

test('a query has 2 to 64 characters', async () => {
  const texts = ['', 'a', '   a   ', 'x'.repeat(65), 'x'.repeat(100_000), '𝒜', ' '.repeat(64)]
  for (const query of texts) expect(await refusalOf(find(query))).toBe('InvalidArgument query_invalid')
  for (const query of [
    'x'.repeat(64),
    '𝒜𝒜',
    '«»',
    '--',
    "'; DROP TABLE person",
    '%_',
    '{1,2}',
    '\u0000\u0001',
  ]) {
    expect(await find(query)).toEqual([])
  }
})

test('without a token nobody is found', async () => {
  const call = service.as('nobody').searchPeople({ query: 'masha' })
  expect(await refusalOf(call)).toBe('Unauthenticated token_missing')
})

test('without accounts nothing is shown', async () => {
  service.accounts.isReachable = false
  expect(await refusalOf(find('masha'))).toBe('Unavailable unavailable')
  service.accounts.isReachable = true
})

test('B12 nothing of a query is logged, also when it fails', async () => {
  service.accounts.isReachable = false
  await refusalOf(find('канарейка'))
  service.accounts.isReachable = true
  await service.database.query('ALTER TABLE person RENAME TO hidden')
  await refusalOf(find('канарейка'))
  await service.database.query('ALTER TABLE hidden RENAME TO person')
  expect(service.logged.join('\n')).toContain('SearchPeople')
  expect(service.logged.join('\n')).not.toMatch(/канарейка|kanareika/i)
})

test('B6 an account searches 30 times at once, then once in ten seconds; others are not held up by it', async () => {
  await using limited = await startTestService({ unlimited: false })
  const harvester = alisa.accountId
  const search = (accountId: AccountId) => limited.as(accountId).searchPeople({ query: 'ab' })
  for (let count = 0; count < 30; count++) await search(harvester)
  expect(await refusalOf(search(harvester))).toBe('ResourceExhausted too_many_calls')
  await search(masha.accountId)
  limited.clock.advance(10_000)
  await search(harvester)
  expect(await refusalOf(search(harvester))).toBe('ResourceExhausted too_many_calls')
  limited.clock.advance(24 * 3_600_000)
  let answered = 0
  for (let count = 0; count < 100; count++) {
    answered += await search(harvester).then(
      () => 1,
      () => 0,
    )
  }
  expect(answered).toBe(30)
})
