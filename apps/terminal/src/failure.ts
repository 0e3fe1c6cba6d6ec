/** What ends a command without its result: a reason for programs, words for people, an exit code for scripts. */
import { type ExitCode, exitCode } from './exit-code.ts'
import type { Reason, Words } from './words/en.ts'

export class Failure extends Error {
  override readonly name = 'Failure'
  readonly reason: string
  readonly code: ExitCode
  /** What the reason is about: an option, a handle, an address. */
  readonly subject: string
  /** Further fields for --json. */
  readonly fields: Readonly<Record<string, unknown>>

  constructor(reason: string, code: ExitCode, subject = '', fields: Readonly<Record<string, unknown>> = {}) {
    super(reason)
    this.reason = reason
    this.code = code
    this.subject = subject
    this.fields = fields
  }
}

/** The command line, or what it names, is not right. */
export function wrongUse(reason: Reason, subject = ''): Failure {
  return new Failure(reason, exitCode.wrongUse, subject)
}

/** In the person's language; a reason without words of its own is told as it is. */
export function failureText(failure: Failure, words: Words): string {
  return Object.hasOwn(words.failures, failure.reason)
    ? words.failures[failure.reason as Reason](failure.subject)
    : words.otherRefusal(failure.reason)
}
