import fc from 'fast-check'
import { expect, test } from 'vitest'
import { descriptionWords, lookUpKeys, type Named, nameWords, rank, rankAnswers, readQuery } from './query.ts'
import { plainKeys, storedKeys } from './search-keys.ts'

const seed = Number.parseInt(process.env.VECHE_SEED ?? '', 10) || Date.now() % 2 ** 31

const people: readonly (Named & { readonly handle: string })[] = (
  [
    ['alisa', 'Алиса Петрова'],
    ['alisa.k', 'Alisa Klein'],
    ['masha', 'Маша'],
    ['m.ivanova', 'Мария Иванова'],
    ['misha2007', 'Михаил Жуков'],
    ['yuliya', 'Юлия Щукина'],
    ['sasha-p', 'Александр Петров'],
    ['fyodor', 'Фёдор Достоевский'],
    ['boss', 'Алиса'],
    ['khabarov', 'Хабаров'],
  ] as const
).map(([handle, displayName]) => ({ handle, displayName }))

/** As the database and the ranking answer together. */
function find(text: string): string[] {
  const query = readQuery(text)
  const { first, second } = lookUpKeys(query)
  const found = people.filter((person) => {
    const keys = new Set(storedKeys(nameWords(person)))
    return first.some((key) => keys.has(key)) && (second.length === 0 || second.some((key) => keys.has(key)))
  })
  return rankAnswers(query, found).map(({ handle }) => handle)
}

test.each([
  ['Алиса', ['alisa', 'alisa.k', 'boss']],
  ['alisa', ['alisa', 'alisa.k', 'boss']],
  ['@alisa.k', ['alisa.k']],
  ['ALI', ['alisa', 'alisa.k', 'boss']],
  ['алсиа', ['alisa', 'alisa.k', 'boss']],
  ['алиса пет', ['alisa']],
  ['пет алиса', ['alisa']],
  ['masha', ['masha']],
  ['маша', ['masha']],
  ['наша', ['masha', 'sasha-p']],
  ['vfif', ['masha']],
  ['фдшыф', ['alisa', 'alisa.k', 'boss']],
  ['julia', ['yuliya']],
  ['щукина', ['yuliya']],
  ['shukina', ['yuliya']],
  ['федор дост', ['fyodor']],
  ['достаевскй', ['fyodor']],
  ['александер', ['sasha-p']],
  ['habarow', ['khabarov']],
  ['jukov', ['misha2007']],
  ['sashap', ['sasha-p']],
  ['s p', []],
  ['саша п', ['sasha-p']],
  ['петров', ['sasha-p', 'alisa']],
  ['ничегошеньки', []],
  ['зз', []],
])('%s finds %j', (text, handles) => {
  expect(find(text)).toEqual(handles)
})

test('the exact handle is first, however many are as near', () => {
  expect(find('boss')[0]).toBe('boss')
  expect(find('@Masha')[0]).toBe('masha')
})

test('the order does not depend on the order of the database', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...people], { minLength: people.length }),
      fc.constantFrom('ал', 'ма', 'петр', 'alisa', 'mi', 'sha'),
      (shuffled, text) => {
        expect(rank(readQuery(text), shuffled)).toEqual(rank(readQuery(text), people))
      },
    ),
    { seed, numRuns: 100 },
  )
})

const name = fc.string({ unit: fc.constantFrom(...'алисмшяюjcxhk .1'), minLength: 1, maxLength: 20 })

test('whoever answers to a query is found by its keys', () => {
  fc.assert(
    fc.property(name, name, (displayName, text) => {
      const person = { handle: 'zzzz', displayName } // no query of these letters is this handle
      const query = readQuery(text)
      if (rank(query, [person]).length === 0) return
      const { first, second } = lookUpKeys(query)
      const keys = new Set(storedKeys(nameWords(person)))
      expect(first.some((key) => keys.has(key))).toBe(true)
      expect(second.length === 0 || second.some((key) => keys.has(key))).toBe(true)
    }),
    { seed, numRuns: 2000 },
  )
})

test(`M21 who answers by a description is found by it, and stands behind who is called so (seed ${seed})`, () => {
  fc.assert(
    fc.property(name, name, name, (displayName, description, text) => {
      const group = { displayName, description }
      const query = readQuery(text)
      const isFound = rank(query, [group]).length > 0
      expect(rank(query, [{ displayName }]).length === 0 || isFound).toBe(true)
      if (!isFound) return
      const { first, second } = lookUpKeys(query)
      const keys = new Set([...storedKeys(nameWords(group)), ...plainKeys(descriptionWords(group))])
      expect(first.some((key) => keys.has(key))).toBe(true)
      expect(second.length === 0 || second.some((key) => keys.has(key))).toBe(true)
      const called = { displayName: `${displayName} ${text}` }
      if (rank(query, [called]).length > 0) expect(rank(query, [group, called]).length).toBe(2)
    }),
    { seed, numRuns: 2000 },
  )
})

test('M21 a guess by the name stands before a description, and is not left out for one', () => {
  const groups = [
    { displayName: 'Сад', description: 'Грядки' },
    { displayName: 'Грядка' },
    { displayName: 'Поле' },
  ]
  expect(rankAnswers(readQuery('грядки'), groups).map(({ displayName }) => displayName)).toEqual([
    'Грядка',
    'Сад',
  ])
  const called = [...groups, { displayName: 'Грядки' }]
  expect(rankAnswers(readQuery('грядки'), called).map(({ displayName }) => displayName)).toEqual([
    'Грядки',
    'Сад',
  ])
})
