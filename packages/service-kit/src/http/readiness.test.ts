import { expect, test } from 'vitest'
import { Readiness } from './readiness.ts'

test('wakes who waits at a change, and who gives up', async () => {
  const readiness = new Readiness()
  const stopped = new AbortController()
  const waiting = readiness.changed(stopped.signal)
  readiness.set(true)
  expect([await waiting, readiness.ready]).toEqual([true, true])
  const givesUp = readiness.changed(stopped.signal)
  stopped.abort()
  expect([await givesUp, await readiness.changed(stopped.signal)]).toEqual([false, false])
})
