/**
 * What somebody typed, and how well a person answers to it. Every typed word must begin a word of the handle or of the
 * name, but for a few mistakes; the order of words is free. A group is also found by words of its description, without a
 * mistake, behind all that are found by their names. The order of people is the same for the same people and
 * query, whatever the database gives them in.
 */
import { foldTogether, foldWords, MAX_DESCRIPTION_WORDS, type Word } from './fold.ts'
import { inOtherLayout } from './keyboard-layout.ts'
import { forgivenEdits, prefixDistance } from './prefix-distance.ts'
import { beginningKeys, typedKeys, wholeKeys } from './search-keys.ts'

export interface Named {
  /** Undefined of a group. */
  readonly handle?: string
  readonly displayName: string
  /** Of a group: what stands below its name. */
  readonly description?: string
}

export interface Query {
  /** What may be a handle or its beginning, in small letters and without the sign of handles; else empty. */
  readonly handle: string
  readonly words: readonly Word[]
  /** The same keys in the other layout, where that makes a word. */
  readonly otherLayout: readonly Word[]
}

/** How far a person is from a query; less is nearer, compared from the first number on. */
type Distance = readonly number[]

const HANDLE_LETTERS = /^[a-z0-9_.-]{1,32}$/
/** Fewer typed letters say too little to guess a layout by. */
const MIN_LAYOUT_LETTERS = 3

export function readQuery(text: string): Query {
  const typed = text.trim().replace(/^@/, '').toLowerCase()
  const otherLayout = typed.length < MIN_LAYOUT_LETTERS ? '' : inOtherLayout(typed)
  const handle = HANDLE_LETTERS.test(typed) ? typed : ''
  return { handle, words: lookableWords(typed), otherLayout: lookableWords(otherLayout) }
}

/** None where there are but single letters, which nobody could be looked up by. */
function lookableWords(text: string): Word[] {
  const words = foldWords(text)
  return words.some((word) => typedKeys(word).length > 0) ? words : []
}

export interface LookUpKeys {
  /** Who answers to the query has one of these, */
  readonly first: readonly number[]
  /** and one of these, where there are any. */
  readonly second: readonly number[]
  /** Who has one of these is nearest, */
  readonly whole: readonly number[]
  /** and who has one of these is nearer than the rest. */
  readonly beginnings: readonly number[]
}

export function lookUpKeys({ words, otherLayout }: Query): LookUpKeys {
  const [first = [], second = []] = longestKeys(words)
  const [otherFirst = [], otherSecond = []] = longestKeys(otherLayout)
  const asksTwice = second.length > 0 && (otherFirst.length === 0 || otherSecond.length > 0)
  return {
    first: [...first, ...otherFirst],
    second: asksTwice ? [...second, ...otherSecond] : [],
    whole: wholeKeys(words),
    beginnings: beginningKeys(words),
  }
}

/** Of the two longest words that can be looked up, the longest first. */
function longestKeys(words: readonly Word[]): number[][] {
  const length = (word: Word) => Math.max(...word.map((form) => form.length))
  return words
    .toSorted((one, other) => length(other) - length(one))
    .map(typedKeys)
    .filter((keys) => keys.length > 0)
    .slice(0, 2)
}

/** Those who answer to the query, the nearest first. */
export function rank<T extends Named>(query: Query, people: readonly T[]): T[] {
  return byDistance(query, people).map(({ person }) => person)
}

/**
 * The same, without guesses where somebody answers to just what was typed. Only for people who may be shown: that a
 * guess is missing tells that there is somebody.
 */
export function rankAnswers<T extends Named>(query: Query, people: readonly T[]): T[] {
  const near = byDistance(query, people)
  const isCalledSo = near.some(({ distance: [reading], distance }) => reading !== 3 && !isGuess(distance))
  const shown = isCalledSo ? near.filter(({ distance }) => !isGuess(distance)) : near
  return shown.map(({ person }) => person)
}

function byDistance<T extends Named>(query: Query, people: readonly T[]) {
  const near = people.flatMap((person) => {
    const distance = distanceTo(query, person)
    return distance ? [{ person, distance }] : []
  })
  return near.sort(
    (a, b) => compareDistances(a.distance, b.distance) || compareText(tieOf(a.person), tieOf(b.person)),
  )
}

function tieOf({ handle, displayName }: Named): string {
  return handle ?? displayName
}

function isGuess([reading = 0, edits = 0]: Distance): boolean {
  return reading === 2 || edits > 0
}

/** Undefined for a person who does not answer to it. */
function distanceTo(query: Query, person: Named): Distance | undefined {
  if (person.handle !== undefined && person.handle === query.handle) return [0]
  const words = nameWords(person)
  const meant = wordsDistance(query.words, words)
  if (meant) return [1, ...meant, startsAlike(query, person)]
  const slipped = wordsDistance(query.otherLayout, words)
  if (slipped?.[0] === 0) return [2, ...slipped]
  const described = wordsDistance(query.words, [...words, ...descriptionWords(person)])
  return described?.[0] === 0 ? [3, ...described] : undefined
}

/** All that a person or a group may be found by. */
export function nameWords({ handle = '', displayName }: Named): Word[] {
  return [foldTogether(handle), ...foldWords(handle), ...foldWords(displayName)].filter(
    (word) => word.length > 0,
  )
}

/** What a group may be found by besides. */
export function descriptionWords({ description = '' }: Named): Word[] {
  return foldWords(description, MAX_DESCRIPTION_WORDS)
}

/** Mistakes, and words of which only the beginning was typed. */
function wordsDistance(
  typed: readonly Word[],
  words: readonly Word[],
): [edits: number, parts: number] | undefined {
  if (typed.length === 0) return undefined
  let [edits, parts] = [0, 0]
  for (const word of typed) {
    const nearest = nearestOf(word, words)
    if (!nearest) return undefined
    edits += nearest.edits
    parts += nearest.part
  }
  return [edits, parts]
}

function nearestOf(
  typed: Word,
  words: readonly Word[],
): { readonly edits: number; readonly part: 0 | 1 } | undefined {
  let nearest: { readonly edits: number; readonly part: 0 | 1 } | undefined
  for (const form of typed) {
    const forgiven = forgivenEdits(form.length)
    for (const word of words.flat()) {
      const distance = prefixDistance(form, word, forgiven)
      if (!distance) continue
      const { edits } = distance
      const part = distance.whole ? 0 : 1
      if (!nearest || edits < nearest.edits || (edits === nearest.edits && part < nearest.part)) {
        nearest = { edits, part }
      }
    }
  }
  return nearest
}

function startsAlike({ handle }: Query, person: Named): 0 | 1 {
  return person.handle?.startsWith(handle) ? 0 : 1
}

function compareDistances(one: Distance, other: Distance): number {
  for (const [index, number] of one.entries()) {
    const difference = number - (other[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function compareText(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
