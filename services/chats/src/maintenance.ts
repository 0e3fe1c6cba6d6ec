import { type Logger, logEvents } from '@veche/service-kit'
import type { ChatsContext } from './context.ts'
import { readPresentState } from './database/device-log.ts'
import { endDeadRequests } from './database/join-requests.ts'
import { RECONCILE_MS } from './limits.ts'

const events = logEvents({ maintenance_failed: { error: 'error' } })

/** Makes good what a lost wake-up or a crash has left: streams that are behind, people who are not yet told. */
export async function maintain({ database, hub, notices, endings, clock }: ChatsContext): Promise<void> {
  const { followedChats, devices } = hub
  if (devices.length > 0) hub.reconcile(await readPresentState(database, followedChats, devices))
  await endDeadRequests(database, clock.nowMs()) // links expire without a commit
  await notices.tell()
  await endings.run()
}

/** Does so each half minute. `stop` resolves once nothing is under way. */
export function startMaintenance(context: ChatsContext, log: Logger): { stop(): Promise<void> } {
  let underWay = Promise.resolve()
  const timer = setInterval(() => {
    // What one round leaves, the next one takes.
    underWay = underWay
      .then(() => maintain(context))
      .catch((error: unknown) => log.warn(events.maintenance_failed, { error }))
  }, RECONCILE_MS)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await underWay
    },
  }
}
