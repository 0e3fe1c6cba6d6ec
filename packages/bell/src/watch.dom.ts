/**
 * The bell's question, asked again and again until `signal` aborts. Each page asks once when it is shown; after that, of all the pages of
 * one browser that are seen, the one that holds the lock asks, and tells the others. Where there are no locks, each asks.
 */
import { backoffMs } from './backoff.ts'
import { pause } from './pause.ts'
import type { Ask } from './service.ts'

/** The last answer, to ask whether it still holds. */
export interface KnownStatus {
  etag: string
  text: string
}

/**
 * @param name one for all pages of the same user
 * @param show takes the text of the answer; '' when there was none
 */
export function watch(
  name: string,
  intervalMs: number,
  known: KnownStatus,
  ask: Ask,
  show: (text: string) => void,
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
    const answer = await ask('GET', 'status', new URLSearchParams(), known.etag)
    if (signal.aborted) return
    if (answer?.isOk) {
      known.etag = answer.etag
      known.text = answer.text
    }
    failures = answer?.isOk || answer?.isSame ? 0 : failures + 1
    dueMs = Date.now() + Math.max(answer?.waitMs ?? 0, failures ? backoffMs(failures) : intervalMs)
    show(failures ? '' : known.text)
    channel.postMessage(failures ? '' : known.text)
  }

  async function askInTurn(): Promise<void> {
    while (!signal.aborted) await (dueMs > Date.now() ? pause(dueMs - Date.now(), signal) : askOnce())
  }

  void askOnce()
    .then(() => navigator.locks.request(name, { signal }, askInTurn))
    .catch(askInTurn) // no locks here; or aborted: then it ends at once
}
