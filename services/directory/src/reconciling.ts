/** Compares the index with accounts when the service starts, and from time to time. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Logger, logEvents } from '@veche/service-kit'
import { RECONCILE_MS, RECONCILE_RETRY_MS } from './limits.ts'
import type { PeopleIndex } from './people-index.ts'

const events = logEvents({ reconcile_failed: { error: 'error' } })

/** Begins at once, also while accounts does not answer yet. `stop` resolves once nothing is under way. */
export function startReconciling(index: PeopleIndex, log: Logger): { stop(): Promise<void> } {
  const stopped = new AbortController()
  const { signal } = stopped
  const running = (async () => {
    while (!signal.aborted) {
      const isDone = await reconcile(index, signal, log)
      await sleep(isDone ? RECONCILE_MS : RECONCILE_RETRY_MS, undefined, { signal, ref: false }).catch(
        () => {},
      )
    }
  })()
  return {
    async stop() {
      stopped.abort()
      await running
    },
  }
}

async function reconcile(index: PeopleIndex, signal: AbortSignal, log: Logger): Promise<boolean> {
  try {
    await index.reconcile(signal)
    return true
  } catch (error) {
    if (!signal.aborted) log.warn(events.reconcile_failed, { error })
    return false
  }
}
