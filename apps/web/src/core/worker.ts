/**
 * The worker that each tab starts: it waits for its turn to be the one with the core, and holds it until the tab goes. A
 * worker goes on while its page is in the background. That it lives its page knows by the lock of its name (keep-worker.ts).
 */
import { CORE_LOCK, openLine } from './messages.ts'

/** The server has another release by now: the page, loaded anew, has it, too. */
function fail(): void {
  const status = { state: 'failed', error: { name: 'Error' } } as const
  openLine().post({ kind: 'core', core: crypto.randomUUID(), status })
}

void navigator.locks.request(self.name, async () => {
  postMessage('here')
  await new Promise(() => {})
})

navigator.locks
  .request(CORE_LOCK, async () => {
    await import('./core.ts').then(({ startCore }) => startCore(openLine()), fail)
    await new Promise(() => {})
  })
  .catch(() => self.close())
