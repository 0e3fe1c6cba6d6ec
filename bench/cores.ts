/** Which core what is measured runs on, and which one the load generator. */
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** The service and PostgreSQL, both counted. */
export const measuredCore = 0
export const generatorCore = 1

/** Whether processes are kept apart: `taskset` is there, and two cores are. */
export const arePinned =
  availableParallelism() > 1 && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0

/** The beginning of a command line, by which it and all that it starts stay on that core; empty where that is not possible. */
export function onCore(core: number): string[] {
  return arePinned ? ['taskset', '--cpu-list', String(core)] : []
}
