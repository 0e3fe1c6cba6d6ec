export type { ChatterLine } from './chatter-line.ts'
export { check, type Operation, type Verdict } from './checker.ts'
export { Community, everyoneCanReadEveryone, makeChat, type Person } from './community.ts'
export { Conversation, NOTHING_WRONG, PEOPLE, type Writer } from './conversation.ts'
export type { MutationTarget } from './mutation-loop.ts'
export { MutationTrials } from './mutation-trials.ts'
export { PostgresProcesses } from './postgres-process.ts'
export { keys, PseudoTerminal, type PseudoTerminalOptions } from './pseudo-terminal.ts'
export { randomFrom, seedFromEnvironment } from './random.ts'
export {
  CHATTER,
  freePort,
  ServerProcess,
  type ServerSettings,
  SLOW_READER,
  VECHE,
} from './server-process.ts'
export { ShiftedClock } from './shifted-clock.ts'
export type { Seen } from './slow-reader.ts'
export { SmallDisk } from './small-disk.ts'
export { until } from './until.ts'
export { type CommandResult, type NewPerson, veche, vecheOk, vecheRegister } from './veche-command.ts'
export { samplesOf } from './wire-samples.ts'
