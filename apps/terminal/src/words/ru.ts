/** Всё, что говорит `veche`, по-русски: в каждом файле то же, что в одноимённом в en. На «вы», без жаргона и восклицаний. */
import type { Words } from './en.ts'
import { accountCommands } from './ru/account-commands.ts'
import { groupCommands } from './ru/group-commands.ts'
import { groupSays } from './ru/group-says.ts'
import { headings, program } from './ru/help.ts'
import { health, labels, policies, registrations, roles, statuses } from './ru/labels.ts'
import { linkCommands } from './ru/link-commands.ts'
import { markCommands, markSays } from './ru/mark-commands.ts'
import { begunAnewOn, notices, notSent, stuckBy } from './ru/notices.ts'
import { otherFailures } from './ru/other-failures.ts'
import { commandArguments, commandOptions } from './ru/parameters.ts'
import { answers, prompts } from './ru/prompts.ts'
import { otherRefusal, refusals } from './ru/refusals.ts'
import { says } from './ru/says.ts'
import { screen } from './ru/screen.ts'
import { serverCommands } from './ru/server-commands.ts'
import { defaultIs, services, settings } from './ru/settings.ts'
import { talkingCommands } from './ru/talking-commands.ts'
import { wrongUse } from './ru/wrong-use.ts'

export const ru: Words = {
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
