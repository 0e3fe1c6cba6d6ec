/** The app, for every view. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { App } from '../state/app.ts'
import type { Language } from '../words/language.ts'
import type { Words } from '../words/words.ts'

export const AppContext = createContext<App | undefined>(undefined)

export function useApp(): App {
  const app = useContext(AppContext)
  if (app === undefined) throw new Error('a view outside of the app')
  return app
}

export function useWords(): Words {
  return useApp().speech.words.value
}

export function useLanguage(): Language {
  return useApp().speech.language.value
}
