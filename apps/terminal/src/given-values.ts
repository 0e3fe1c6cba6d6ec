/** Numbers and lengths of time among the options; out of range is wrong use. */
import { resolve } from 'node:path'
import { parseDuration } from './duration.ts'
import { wrongUse } from './failure.ts'

/** A whole number from 1; undefined when the option was left out. @throws Failure */
export function countOption(text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (count < 1 || count > max) throw wrongUse('invalid_value', text)
  return count
}

/** Milliseconds; undefined when the option was left out. @throws Failure */
export function durationOption(text: string | undefined, maxMs: number): number | undefined {
  if (text === undefined) return undefined
  const durationMs = parseDuration(text)
  if (durationMs === undefined || durationMs > maxMs) throw wrongUse('invalid_value', text)
  return durationMs
}

/** One of `choices`; undefined when the argument was left out. @throws Failure */
export function choiceArgument<Choice extends string>(
  text: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  if (text === undefined) return undefined
  const choice = choices.find((known) => known === text)
  if (choice === undefined) throw wrongUse('invalid_value', text)
  return choice
}

/** The command line with the files that these options name as they are from every folder: another process may run it. */
export function absolutePaths(argv: readonly string[], options: readonly string[]): string[] {
  return argv.map((text, index) => {
    if (options.includes(argv[index - 1] ?? '')) return resolve(text)
    const option = options.find((option) => text.startsWith(`${option}=`))
    return option === undefined ? text : `${option}=${resolve(text.slice(option.length + 1))}`
  })
}
