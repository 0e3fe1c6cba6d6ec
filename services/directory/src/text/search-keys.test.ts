import fc from 'fast-check'
import { expect, test } from 'vitest'
import { forgivenEdits, prefixDistance } from './prefix-distance.ts'
import { beginningKeys, storedKeys, typedKeys, wholeKeys } from './search-keys.ts'

const seed = Number.parseInt(process.env.VECHE_SEED ?? '', 10) || Date.now() % 2 ** 31
const run = <T>(property: fc.IProperty<T>, numRuns = 500) => fc.assert(property, { seed, numRuns })

const ALPHABET = [...'abcdei']
const letter = fc.constantFrom(...ALPHABET)
const word = fc.string({ unit: letter, minLength: 2, maxLength: 14 })
const edit = fc.record({
  kind: fc.constantFrom('wrong', 'missing', 'surplus', 'swapped'),
  at: fc.nat(20),
  letter,
})
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never

function mistype(text: string, edits: readonly Edit[]): string {
  return edits.reduce((typed, { kind, at, letter }) => {
    const letters = Array.from(typed)
    const index = at % letters.length
    if (kind === 'wrong') letters[index] = letter
    if (kind === 'missing') letters.splice(index, 1)
    if (kind === 'surplus') letters.splice(index, 0, letter)
    if (kind === 'swapped' && index + 1 < letters.length) {
      letters.splice(index, 2, letters[index + 1]!, letters[index]!)
    }
    return letters.join('')
  }, text)
}

function finds(typed: string, stored: string): boolean {
  const keys = new Set(storedKeys([[stored]]))
  return typedKeys([typed]).some((key) => keys.has(key))
}

/** Straight from the definition of optimal string alignment. */
function slowDistance(one: string, other: string): number {
  if (one === '' || other === '') return one.length + other.length
  const [a, b] = [one.slice(0, -1), other.slice(0, -1)]
  const choices = [
    slowDistance(a, other) + 1,
    slowDistance(one, b) + 1,
    slowDistance(a, b) + (one.at(-1) === other.at(-1) ? 0 : 1),
  ]
  if (one.length > 1 && other.length > 1 && one.at(-1) === other.at(-2) && one.at(-2) === other.at(-1)) {
    choices.push(slowDistance(one.slice(0, -2), other.slice(0, -2)) + 1)
  }
  return Math.min(...choices)
}

test('the distance to a beginning is the least one to all beginnings', () => {
  const short = fc.string({ unit: letter, minLength: 1, maxLength: 5 })
  run(
    fc.property(short, short, fc.nat(3), (typed, stored, most) => {
      const all = Array.from({ length: stored.length + 1 }, (_, length) =>
        slowDistance(typed, stored.slice(0, length)),
      )
      const edits = Math.min(...all)
      const expected = edits > most ? undefined : { edits, whole: all.at(-1) === edits }
      expect(prefixDistance(typed, stored, most)).toEqual(expected)
    }),
    500,
  )
})

test('every beginning of a word finds it, from two letters on', () => {
  run(
    fc.property(word, fc.nat(14), (stored, end) => {
      const typed = stored.slice(0, Math.max(2, end))
      expect(finds(typed, stored)).toBe(true)
      expect(prefixDistance(typed, stored, 0)?.edits).toBe(0)
    }),
  )
})

test('whatever is within the forgiven mistakes of a beginning is found', () => {
  run(
    fc.property(word, fc.nat(14), fc.array(edit, { maxLength: 2 }), (stored, end, edits) => {
      const typed = mistype(stored.slice(0, Math.max(4, end)), edits)
      if (typed.length < 2) return
      const isForgiven = prefixDistance(typed, stored, forgivenEdits(typed.length)) !== undefined
      if (isForgiven) expect(finds(typed, stored), `${typed} for ${stored}`).toBe(true)
    }),
    3000,
  )
})

test('one mistake is forgiven from four letters on, two from seven on', () => {
  expect([3, 4, 6, 7, 20].map(forgivenEdits)).toEqual([0, 1, 1, 2, 2])
  for (const typed of ['alsia', 'alis', 'alissa', 'elisa', 'aliza', 'lisa'])
    expect(finds(typed, 'alisa')).toBe(true)
  for (const typed of ['alexander', 'aleksadnr', 'aleksondre', 'leksander']) {
    expect(finds(typed, 'aleksandr')).toBe(true)
  }
  expect(finds('xy', 'alisa')).toBe(false)
})

test('who has a whole word is told from who has only its beginning', () => {
  const stored = new Set(storedKeys([['lev'], ['levitan']]))
  const has = (word: string) => wholeKeys([[word]]).every((key) => stored.has(key))
  expect([has('lev'), has('levitan'), has('levi'), has('le')]).toEqual([true, true, false, false])
  const begins = (word: string) => beginningKeys([[word]]).every((key) => stored.has(key))
  expect([begins('le'), begins('levi'), begins('lewi'), begins('levitan')]).toEqual([true, true, false, true])
})

test('a single letter looks nothing up; the longest word makes a bounded number of keys', () => {
  expect(typedKeys(['a'])).toEqual([])
  expect(storedKeys([['abcdefghijklmnopqrstuvwx']]).length).toBeLessThan(120)
  expect(typedKeys(['abcdefghijklmnopqrstuvwx']).length).toBeLessThan(30)
})
