/** What went wrong, in words; nothing of it ends the screen. */
import { clientFailure } from '../client-failure.ts'
import { exitCode } from '../exit-code.ts'
import { Failure, failureText } from '../failure.ts'
import type { Words } from '../words/en.ts'

export function errorText(error: unknown, server: string, words: Words): string {
  const known = clientFailure(error, server)
  if (known instanceof Failure) return failureText(known, words)
  const cause = known instanceof Error ? known.name : typeof known
  return failureText(new Failure('internal', exitCode.internal, cause), words)
}
