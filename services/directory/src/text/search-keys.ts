/**
 * Finds words by what is left of them when letters are taken out: a beginning of a word and what was typed, within so
 * many mistakes of each other, have a common rest after so many letters are taken out of each (the deletion
 * neighbourhood, as SymSpell has it). So a word's beginnings are stored with letters taken out, and the typed word is
 * looked up with letters taken out; an index of whole values does the rest. What it finds is compared again.
 *
 * Which rests are needed follows from `forgivenEdits` and from at most 7 typed letters being looked up: with one mistake
 * 4 to 6 letters meet beginnings of 3 to 7, with two mistakes 7 letters meet beginnings of 5 to 9.
 *
 * A rest is stored as a 32-bit hash (FNV-1a). Two that meet by chance cost a comparison.
 */
import type { Word } from './fold.ts'
import { forgivenEdits } from './prefix-distance.ts'

/** Typed letters that are looked up; what comes behind is compared only. */
const MAX_TYPED = 7
const MAX_BEGINNING = 9

/** What to store of a person's words. Changing it, or the folding, needs a new KEYS_VERSION. */
export const KEYS_VERSION = 1

/** Of groups, with the words of their descriptions; it goes up with the other, too. */
export const GROUP_KEYS_VERSION = 2

export function storedKeys(words: readonly Word[]): number[] {
  const rests = new Set<string>()
  for (const form of words.flat()) {
    rests.add(wholeWord(form))
    const letters = [...form].slice(0, MAX_BEGINNING)
    for (let length = 2; length <= letters.length; length++) {
      for (const rest of restsOf(letters.slice(0, length), takenOut(length))) rests.add(rest)
    }
  }
  return hashed(rests)
}

/** What to store of words that are found as they stand alone, by their beginnings. */
export function plainKeys(words: readonly Word[]): number[] {
  const beginnings = words.flat().flatMap((form) => {
    const letters = [...form].slice(0, MAX_BEGINNING)
    return [wholeWord(form), ...letters.map((_, index) => letters.slice(0, index + 1).join('')).slice(1)]
  })
  return hashed(beginnings)
}

/** What to look up of a typed word; any one of them finds it. None for a word that may be a single letter. */
export function typedKeys(word: Word): number[] {
  const rests = new Set<string>()
  for (const form of word) {
    const letters = [...form].slice(0, MAX_TYPED)
    if (letters.length < 2) return []
    for (const rest of restsOf(letters, forgivenEdits(letters.length))) rests.add(rest)
  }
  return hashed(rests)
}

/** What to look up of words that were typed to their end: whoever has such a word is nearer. */
export function wholeKeys(words: readonly Word[]): number[] {
  return hashed(words.flat().map(wholeWord))
}

/** What to look up of words of which the beginning was typed without a mistake: whoever has such a word is nearer. */
export function beginningKeys(words: readonly Word[]): number[] {
  return hashed(words.flat().map((form) => [...form].slice(0, MAX_BEGINNING).join('')))
}

function wholeWord(form: string): string {
  return `${form}.` // no form has a dot, so that no beginning is taken for it
}

function takenOut(length: number): number {
  if (length < 4) return 0
  return length < 7 ? 1 : 2
}

/** The text itself, and all that is left when up to `count` letters are taken out of it. */
function restsOf(letters: readonly string[], count: number): string[] {
  const rests = [letters.join('')]
  if (count === 0) return rests
  letters.forEach((_, index) => {
    rests.push(...restsOf(letters.toSpliced(index, 1), count - 1))
  })
  return rests
}

function hashed(rests: Iterable<string>): number[] {
  return [...new Set(Array.from(rests, fnv1a))]
}

/** As PostgreSQL's integer: signed. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash | 0
}
