/**
 * Everything that `veche` says, in English. Each file of `ru` has the words of the file of its name in `en`; the types make
 * both complete. The words are those of the project's glossary: one word for one thing, no jargon. A failure says what
 * happened, what is safe, and what to do.
 */
import { accountCommands } from './en/account-commands.ts'
import { groupCommands } from './en/group-commands.ts'
import { groupSays } from './en/group-says.ts'
import { headings, program } from './en/help.ts'
import { health, labels, policies, registrations, roles, statuses } from './en/labels.ts'
import { linkCommands } from './en/link-commands.ts'
import { markCommands, markSays } from './en/mark-commands.ts'
import { begunAnewOn, notices, notSent, stuckBy } from './en/notices.ts'
import { otherFailures } from './en/other-failures.ts'
import { commandArguments, commandOptions } from './en/parameters.ts'
import { answers, prompts } from './en/prompts.ts'
import { otherRefusal, refusals } from './en/refusals.ts'
import { says } from './en/says.ts'
import { screen } from './en/screen.ts'
import { serverCommands } from './en/server-commands.ts'
import { defaultIs, services, settings } from './en/settings.ts'
import { talkingCommands } from './en/talking-commands.ts'
import { wrongUse } from './en/wrong-use.ts'

export const en = {
  headings,
  program,
  commands: {
    ...accountCommands,
    ...talkingCommands,
    ...groupCommands,
    ...linkCommands,
    ...markCommands,
    ...serverCommands,
  },
  arguments: commandArguments,
  options: commandOptions,
  settings,
  services,
  default: defaultIs,
  /** Without a command: the screen. */
  screen,
  prompts,
  answers,
  labels,
  health,
  policies,
  registrations,
  roles,
  statuses,
  says: { ...says, group: groupSays, marks: markSays },
  notices,
  notSent,
  begunAnewOn,
  stuckBy,
  failures: { ...wrongUse, ...refusals, ...otherFailures },
  otherRefusal,
}

export type Words = typeof en
/** A failure that has words of its own. */
export type Reason = keyof Words['failures']
