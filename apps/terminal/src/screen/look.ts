/** What every view needs besides what it shows: the words, the language, the time, and how marks are written. */
import type { Words } from '../words/en.ts'
import type { Language } from '../words/language.ts'
import { wordsIn } from '../words/words.ts'

export interface Look {
  readonly words: Words
  readonly language: Language
  /** Milliseconds since 1970. */
  readonly nowMs: number
}

export function lookOf({ language, nowMs }: { readonly language: Language; readonly nowMs: number }): Look {
  return { words: wordsIn(language), language, nowMs }
}

/** All of one column, and in the fonts that terminals use. */
export const marks = {
  chosen: '▸',
  waiting: '◷',
  sent: '✓',
  /** A device of the other has it; the other has read it. Told apart without colour. */
  delivered: '✓✓',
  read: '◉',
  notSent: '✗',
  /** Before what a message answers. */
  answers: '↳',
  pinned: '▴',
  verified: '✓',
  /** The handle stands for another account than before. */
  changed: '≠',
  rule: '─',
  edge: '│',
  on: '●',
  off: '○',
  hidden: '•',
} as const
