import { ConnectError } from '@connectrpc/connect'
import { type Code, reasonOf } from '@veche/service-kit'

export interface Refusal {
  readonly code: Code
  readonly reason: string | undefined
}

/** How a call was refused. @throws Error where it was not */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call
  } catch (error) {
    return { code: ConnectError.from(error).code, reason: reasonOf(error) }
  }
  throw new Error('the call was not refused')
}

/** How those of several calls that were refused were. */
export function refusalsOf(outcomes: readonly PromiseSettledResult<unknown>[]): Promise<Refusal[]> {
  const rejected = outcomes.filter((outcome) => outcome.status === 'rejected')
  return Promise.all(rejected.map(({ reason }) => refusalOf(Promise.reject(reason))))
}
