/**
 * The bell's question, asked again and again until `signal` aborts. Each page asks once when it is shown; after that, of all the pages of
 * one browser that are seen, the one that holds the lock asks, and tells the others. Where there are no locks, each asks.
 */
import { backoffMs } from './backoff.ts'
import { pause } from './pause.ts'

/**
 * @param name one for all pages of the same user
 * @param ask gives the answer's markup; '' when there was none
 * @param show takes it
 */
export function watch(
  name: string,
  intervalMs: number,
  ask: () => Promise<string>,
  show: (markup: string) => void,
  signal: AbortSignal,
): void {
  let dueMs = 0
  let failures = 0
  const channel = new BroadcastChannel(name)
  channel.onmessage = ({ data }) => {
    dueMs = Date.now() + intervalMs
    show(`${data}`)
  }
  signal.addEventListener('abort', () => channel.close())

  async function askOnce(): Promise<void> {
    const markup = await ask()
    if (signal.aborted) return
    failures = markup ? 0 : failures + 1
    dueMs = Date.now() + (failures ? backoffMs(failures) : intervalMs)
    show(markup)
    channel.postMessage(markup)
  }

  async function askInTurn(): Promise<void> {
    while (!signal.aborted) await (dueMs > Date.now() ? pause(dueMs - Date.now(), signal) : askOnce())
  }

  void askOnce()
    .then(() => navigator.locks.request(name, { signal }, askInTurn))
    .catch(askInTurn) // no locks here; or aborted: then it ends at once
}
