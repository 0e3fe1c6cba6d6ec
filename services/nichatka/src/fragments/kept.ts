import type { Words } from '../words/words.ts'
import { compact, type Html } from './html.ts'

const kept = new WeakMap<Words, Map<string, Html>>()

/** A fragment that depends on the language and the key alone, of which there are few: made once and then kept. */
export function keptFragment(words: Words, key: string, make: () => Html): Html {
  const ofWords = kept.get(words) ?? new Map<string, Html>()
  kept.set(words, ofWords)
  const fragment = ofWords.get(key) ?? compact(make())
  ofWords.set(key, fragment)
  return fragment
}
