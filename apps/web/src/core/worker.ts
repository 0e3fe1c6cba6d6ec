/**
 * The worker that each tab starts: it waits for its turn to be the one with the core, and holds it until the tab goes. A
 * worker goes on while its page is in the background.
 */
import { CORE_LOCK, openLine } from './messages.ts'

void navigator.locks.request(CORE_LOCK, async () => {
  const { startCore } = await import('./core.ts')
  await startCore(openLine())
  await new Promise(() => {})
})
