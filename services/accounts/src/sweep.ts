import { type Logger, logEvents } from '@veche/service-kit'
import type { AccountsContext } from './context.ts'
import { sweepClaims } from './database/key-package-claims.ts'
import { sweepKeyPackages } from './database/key-packages.ts'
import { sweepGuesses } from './database/login-guesses.ts'
import { sweepCodes } from './database/registration-codes.ts'
import { dayOf } from './day.ts'

const INTERVAL_MS = 10 * 60_000

const events = logEvents({ sweep_failed: { error: 'error' } })

type Swept = Pick<AccountsContext, 'database' | 'clock'>

/** Forgets what has ended: nothing is kept longer than it is of use. */
export async function sweep({ database, clock }: Swept): Promise<void> {
  const nowMs = clock.nowMs()
  await sweepClaims(database, nowMs)
  await sweepGuesses(database, nowMs)
  await sweepCodes(database, nowMs)
  await sweepKeyPackages(database, dayOf(nowMs))
}

/** Sweeps each ten minutes. `stop` resolves once nothing is under way. */
export function startSweeping(context: Swept, log: Logger): { stop(): Promise<void> } {
  let underWay = Promise.resolve()
  const timer = setInterval(() => {
    // What one sweep leaves, the next one takes.
    underWay = underWay.then(() => sweep(context)).catch((error) => log.warn(events.sweep_failed, { error }))
  }, INTERVAL_MS)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await underWay
    },
  }
}
