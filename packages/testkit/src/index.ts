export type { ChatterLine } from './chatter-line.ts'
export { check, type Operation, type Verdict } from './checker.ts'
export { CHATTER, freePort, ServerProcess, type ServerSettings, VECHE } from './server-process.ts'
export { type CommandResult, veche, vecheOk } from './veche-command.ts'
