/** Light or dark: as the system has it, until one was chosen here. */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals'

export type Theme = 'system' | 'light' | 'dark'
export const themes: readonly Theme[] = ['system', 'light', 'dark']

export interface ThemeChoice {
  readonly theme: ReadonlySignal<Theme>
  choose(theme: Theme): void
}

const KEY = 'veche.theme'

export function createTheme(storage: Storage): ThemeChoice {
  const kept = themes.find((theme) => theme === storage.getItem(KEY))
  const theme: Signal<Theme> = signal(kept ?? 'system')
  return {
    theme,
    choose(wish) {
      storage.setItem(KEY, wish)
      theme.value = wish
    },
  }
}
