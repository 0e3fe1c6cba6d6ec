/** A few things to choose from, one below the other. */
import type { Key } from './keys.ts'

/** The choice after a key; `chosen` when it was taken; undefined for a key that has nothing to do with it. */
export function choose(
  choice: number,
  key: Key,
  count: number,
): { readonly choice: number; readonly isChosen: boolean } | undefined {
  if (key.kind === 'text') return key.text === ' ' ? { choice, isChosen: true } : undefined
  if (key.kind === 'paste') return undefined
  switch (key.name) {
    case 'enter':
      return { choice, isChosen: true }
    case 'up':
    case 'back-tab':
      return { choice: Math.max(0, choice - 1), isChosen: false }
    case 'down':
    case 'tab':
      return { choice: Math.min(count - 1, choice + 1), isChosen: false }
    case 'home':
      return { choice: 0, isChosen: false }
    case 'end':
      return { choice: count - 1, isChosen: false }
    default:
      return undefined
  }
}
