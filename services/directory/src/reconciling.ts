/** Compares the indexes with accounts and chats when the service starts, and from time to time. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Logger, logEvents } from '@veche/service-kit'
import { RECONCILE_MS, RECONCILE_RETRY_MS } from './limits.ts'

const events = logEvents({ reconcile_failed: { error: 'error' } })

interface Index {
  reconcile(signal: AbortSignal): Promise<void>
}

/** Begins at once, also while the others do not answer yet. `stop` resolves once nothing is under way. */
export function startReconciling(indexes: readonly Index[], log: Logger): { stop(): Promise<void> } {
  const stopped = new AbortController()
  const { signal } = stopped
  const running = (async () => {
    while (!signal.aborted) {
      const isDone = await reconcileAll(indexes, signal, log)
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

/** One that fails does not keep the other from being compared. @returns whether all were */
async function reconcileAll(indexes: readonly Index[], signal: AbortSignal, log: Logger): Promise<boolean> {
  const done: boolean[] = []
  for (const index of indexes) done.push(await reconcile(index, signal, log))
  return done.every((isDone) => isDone)
}

async function reconcile(index: Index, signal: AbortSignal, log: Logger): Promise<boolean> {
  try {
    await index.reconcile(signal)
    return true
  } catch (error) {
    if (!signal.aborted) log.warn(events.reconcile_failed, { error })
    return false
  }
}
