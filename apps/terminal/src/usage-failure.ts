/** Commander's refusals of a command line, in our words. */
import type { CommanderError } from 'commander'
import { type Failure, wrongUse } from './failure.ts'
import type { Reason } from './words/en.ts'

const reasons = new Map<string, Reason>([
  ['commander.unknownCommand', 'unknown_command'],
  ['commander.unknownOption', 'unknown_option'],
  ['commander.missingArgument', 'missing_argument'],
  ['commander.missingMandatoryOptionValue', 'missing_option'],
  ['commander.optionMissingArgument', 'missing_value'],
  ['commander.excessArguments', 'too_many_arguments'],
])

export function usageFailure(error: CommanderError): Failure {
  return wrongUse(reasons.get(error.code) ?? 'invalid_value', subjectOf(error))
}

/** What commander suggests instead of a mistyped word: "send". */
export function suggestionIn(error: CommanderError): string | undefined {
  return /\(Did you mean (?:one of )?(.+)\?\)$/.exec(error.message)?.[1]
}

function subjectOf({ code, message }: CommanderError): string {
  const excess = code === 'commander.excessArguments' ? /got \d+: (.*)\.$/s.exec(message) : null
  return excess?.[1] ?? /'([^']*)'/.exec(message)?.[1] ?? ''
}
