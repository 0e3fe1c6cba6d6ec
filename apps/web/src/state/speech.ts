/** The language of the page: the browser's, until another was chosen here. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { chooseLanguage, isLanguage, type Language } from '../words/language.ts'
import { type Words, wordsIn } from '../words/words.ts'

export interface Speech {
  readonly language: ReadonlySignal<Language>
  readonly words: ReadonlySignal<Words>
  choose(language: Language): void
}

const KEY = 'veche.language'

export function createSpeech(storage: Storage, wishes: readonly string[]): Speech {
  const kept = storage.getItem(KEY)
  const language: Signal<Language> = signal(isLanguage(kept) ? kept : chooseLanguage(wishes))
  return {
    language,
    words: computed(() => wordsIn(language.value)),
    choose(wish) {
      storage.setItem(KEY, wish)
      language.value = wish
    },
  }
}
