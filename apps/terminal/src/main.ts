/** One run of `veche`: the command line in, the exit code out. */
import { type Command, CommanderError, type OutputConfiguration } from 'commander'
import type { CommonOptions } from './context.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { Failure } from './failure.ts'
import type { Profile } from './held-profile.ts'
import { Output } from './output.ts'
import { processTerminal } from './process-terminal.ts'
import { createProgram, type Perform } from './program.ts'
import type { Terminal } from './terminal.ts'
import { suggestionIn, usageFailure } from './usage-failure.ts'
import type { Words } from './words/en.ts'
import { chooseLanguage } from './words/language.ts'
import { wordsIn } from './words/words.ts'

/** What `bin/veche` calls. */
export async function run(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), processTerminal(process))
}

/**
 * @param argv what follows `veche`
 * @param hosted when the command is run for another process, see handover/host.ts
 */
export async function main(argv: readonly string[], terminal: Terminal, hosted?: Profile): Promise<ExitCode> {
  const language = chooseLanguage(terminal.env)
  const words = wordsIn(language)
  const output = new Output(terminal, words, wantsJson(argv))
  const help: string[] = []
  let code: ExitCode = exitCode.done
  const perform: Perform =
    (load) =>
    async (...parsed) => {
      const options = program.opts<CommonOptions>()
      const command = await load()
      const surroundings = { argv, terminal, language, words, output, options, run: main }
      code = await command.run({ ...surroundings, ...(hosted && { hosted }) }, ...parsed)
    }
  const program = createProgram(words, helpInto(help, terminal), perform)
  try {
    await parse(program, argv, terminal, perform)
    return code
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      await terminal.write(help.join(''))
      return exitCode.done
    }
    return explain(error, terminal, output, words, help.join(''))
  }
}

/** Without a command, a person in a terminal gets the screen; a program, or `--json`, gets the help. */
async function parse(
  program: Command,
  argv: readonly string[],
  terminal: Terminal,
  perform: Perform,
): Promise<void> {
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    const isBare =
      error instanceof CommanderError && error.code === 'commander.help' && program.args.length === 0
    if (!isBare || terminal.tty === undefined || wantsJson(argv)) throw error
    await perform(() => import('./screen/screen.ts'))()
  }
}

/** Told before the command line is parsed, because errors in it are printed in the same form. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return argv.slice(0, end < 0 ? argv.length : end).includes('--json')
}

/** Commander prints at once and without waiting; what it has to say is kept until it can be written. */
function helpInto(help: string[], terminal: Terminal): OutputConfiguration {
  return {
    writeOut: (text) => help.push(text),
    writeErr: (text) => help.push(text),
    outputError: () => {}, // its errors are thrown too, and said in our words
    getOutHelpWidth: () => terminal.columns,
    getErrHelpWidth: () => terminal.columns,
  }
}

function explain(error: unknown, terminal: Terminal, output: Output, words: Words, help: string): ExitCode {
  if (error instanceof CommanderError && error.code === 'commander.help') {
    terminal.complain(help) // a command with only parts was called: the help says which
    return exitCode.wrongUse
  }
  const failure = failureOf(error)
  output.fail(failure)
  if (error instanceof CommanderError) {
    const suggestion = suggestionIn(error)
    output.remark(suggestion === undefined ? words.says.seeHelp : words.says.didYouMean(suggestion))
  }
  return failure.code
}

function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error
  if (error instanceof CommanderError) return usageFailure(error)
  const cause = error instanceof Error ? `${error.name}: ${error.message}` : typeof error
  return new Failure('internal', exitCode.internal, cause)
}
