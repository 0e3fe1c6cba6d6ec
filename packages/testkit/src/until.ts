import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE_MS = 10 * 60_000

/** Waits for what must come by itself, however slow the machine: only what never comes is a failure. @throws Error */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${PATIENCE_MS} ms: ${holds}`)
    await sleep(20)
  }
}
