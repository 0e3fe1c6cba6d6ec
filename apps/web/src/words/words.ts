/** The catalogue for a language. */
import { en } from './en.ts'
import type { Language } from './language.ts'
import { ru } from './ru.ts'

export type Words = typeof en

export function wordsIn(language: Language): Words {
  switch (language) {
    case 'en':
      return en
    case 'ru':
      return ru
    default:
      return language satisfies never
  }
}
