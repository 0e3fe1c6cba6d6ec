/** What every command is given besides its own arguments. */
import type { ExitCode } from './exit-code.ts'
import type { Profile } from './held-profile.ts'
import type { Output } from './output.ts'
import type { Terminal } from './terminal.ts'
import type { Words } from './words/en.ts'
import type { Language } from './words/language.ts'

export interface Context {
  /** The command line after `veche`, as it was written. */
  readonly argv: readonly string[]
  readonly terminal: Terminal
  readonly language: Language
  readonly words: Words
  readonly output: Output
  readonly options: CommonOptions
  /** Standard input, where the command reads it: it goes along when the command is handed over. */
  readonly input?: string
  /** Present when this process answers for another. */
  readonly hosted?: Profile
  /** Runs a whole command line, as `veche` does; never throws. */
  run(argv: readonly string[], terminal: Terminal, hosted: Profile): Promise<ExitCode>
}

/** The options that every command takes. */
export interface CommonOptions {
  readonly profile?: string
  readonly server?: string
  readonly json?: true
}
