/** What went wrong, in the words of the reader. */
import type { Words } from '../words/words.ts'

/** The stable reason of an error that the core threw; by its name where it has none. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if ('reason' in error && typeof error.reason === 'string') return error.reason
  return BY_NAME[error.name] ?? 'unknown'
}

const BY_NAME: Readonly<Record<string, string>> = {
  UnreachableError: 'unreachable',
  DamagedError: 'damaged',
  NoSpaceError: 'no_space',
}

export function failureText(error: unknown, { reasons }: Words): string {
  return reasonText(reasonOf(error), reasons)
}

export function reasonText(reason: string, reasons: Words['reasons']): string {
  return Object.hasOwn(reasons, reason) ? reasons[reason]! : reasons.refused!
}

/** The caller has ended it: nothing to tell. */
export function isAborted(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
