import { type Logger, logEvents } from '@veche/service-kit'
import type { AccountsContext } from './context.ts'
import { sweepClaims } from './database/key-package-claims.ts'
import { sweepKeyPackages } from './database/key-packages.ts'
import { sweepGuesses } from './database/login-guesses.ts'
import { sweepCodes } from './database/registration-codes.ts'
import { dayOf } from './day.ts'
import { endSilentDevices } from './devices/silence.ts'

const INTERVAL_MS = 10 * 60_000

const events = logEvents({ sweep_failed: { error: 'error' } })

type Swept = Pick<AccountsContext, 'database' | 'bus' | 'clock'>

/** Forgets what has ended, and ends devices that were silent too long: nothing is kept longer than it is of use. */
export async function sweep(swept: Swept): Promise<void> {
  const { database, clock } = swept
  const nowMs = clock.nowMs()
  await sweepClaims(database, nowMs)
  await sweepGuesses(database, nowMs)
  await sweepCodes(database, nowMs)
  await sweepKeyPackages(database, dayOf(nowMs))
  await endSilentDevices(swept)
}

/** Sweeps each ten minutes, and when it is asked to. `stop` resolves once nothing is under way. */
export function startSweeping(context: Swept, log: Logger): { run(): Promise<void>; stop(): Promise<void> } {
  let underWay = Promise.resolve()
  const run = () => {
    // What one sweep leaves, the next one takes.
    underWay = underWay.then(() => sweep(context)).catch((error) => log.warn(events.sweep_failed, { error }))
    return underWay
  }
  const timer = setInterval(run, INTERVAL_MS)
  timer.unref()
  return {
    run,
    async stop() {
      clearInterval(timer)
      await underWay
    },
  }
}
