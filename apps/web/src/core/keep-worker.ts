/**
 * The worker of this tab, for as long as the tab lives: one that has ended, in whatever way, is followed by another.
 *
 * A worker holds a lock of its own name while it lives, and says so; the page asks for that lock, and having it learns that
 * the worker has gone. One that throws what nobody catches is ended here: its state may be half of something, while what it
 * has stored is whole.
 */
import { trustedScript } from './trusted-script.ts'

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 30_000
/** One that has worked for so long is not at its beginning any more. */
const STEADY_MS = 60_000

/** @param onEnded called each time that one has ended, before there is another */
export function keepWorker(onEnded: () => void): void {
  let pauseMs = FIRST_PAUSE_MS
  const start = () => {
    const begunMs = performance.now()
    startWorker(() => {
      if (performance.now() - begunMs > STEADY_MS) pauseMs = FIRST_PAUSE_MS
      onEnded()
      setTimeout(start, pauseMs)
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
    })
  }
  start()
}

/** @param onEnded called once */
function startWorker(onEnded: () => void): void {
  const name = `veche-worker-${crypto.randomUUID()}`
  const worker = new Worker(trustedScript('veche-worker'), { type: 'module', name })
  let isOver = false
  const end = () => {
    if (isOver) return
    isOver = true
    worker.terminate()
    onEnded()
  }
  worker.addEventListener('error', end)
  worker.addEventListener('message', () => void navigator.locks.request(name, end), { once: true })
}
