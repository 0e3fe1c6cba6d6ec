/** What the commands for the one who runs the machine have in common: its keys and hosts, beside the running server. */
import { type KeysReport, OperatorKeys, openHosts, operatorProblem } from '@veche/app-server'
import { columns } from './columns.ts'
import type { Context } from './context.ts'
import { exitCode } from './exit-code.ts'
import { Failure, wrongUse } from './failure.ts'
import type { Reason } from './words/en.ts'

/** @throws Failure with one clear line */
export async function withOperatorKeys<T>(
  { terminal }: Context,
  work: (keys: OperatorKeys) => Promise<T>,
): Promise<T> {
  return explainedToOperator(async () => {
    await using keys = await OperatorKeys.open(terminal.env)
    if (keys === undefined) throw wrongUse('no_server_data')
    return await work(keys)
  })
}

type Hosts = Awaited<ReturnType<typeof openHosts>>

/** @throws Failure with one clear line */
export function withHosts<T>({ terminal }: Context, work: (hosts: Hosts) => Promise<T>): Promise<T> {
  return explainedToOperator(async () => work(await openHosts(terminal.env)))
}

/** @throws Failure with one clear line, for what an operator can put right */
export async function explainedToOperator<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const problem = operatorProblem(error)
    if (problem === undefined) throw error
    throw problem.reason === 'server_settings'
      ? wrongUse(problem.reason, problem.detail)
      : refused(problem.reason, problem.detail)
  }
}

export function refused(reason: Reason, subject = ''): Failure {
  return new Failure(reason, exitCode.refused, subject)
}

export function keysFields({ file, masterKeys, dataKeys, toRewrap, toReplace }: KeysReport) {
  return { file, masterKeys, dataKeys, toRewrap, toReplace }
}

export function keysText({ words: { says } }: Context, report: KeysReport): string {
  const rows = report.masterKeys.map(({ id, current, inFile, dataKeys }) => [
    id,
    current ? says.keys.current : inFile ? says.keys.old : says.keys.missing,
    says.keys.dataKeys(dataKeys),
  ])
  const old = report.masterKeys.length - 1
  return [
    says.keys.file(report.file),
    columns(rows, 2),
    isDone(report) ? (old > 0 ? says.keys.mayRetire : says.keys.allCurrent) : progressText(says, report),
  ].join('\n')
}

export function progressText(says: Context['words']['says'], { toRewrap, toReplace }: KeysReport): string {
  return says.keys.underWay(toRewrap, toReplace)
}

/** Whether the server has nothing left to move. */
export function isDone({ toRewrap, toReplace }: KeysReport): boolean {
  return toRewrap === 0 && toReplace === 0
}
