/** Which failure a test expects, for `toEqual` and the like. */
import { expect } from 'vitest'

/** The server refuses. */
export function refusedFor(reason: string) {
  return expect.objectContaining({ name: 'RefusedError', reason })
}

/** The client itself does not take it. */
export function wrongFor(reason: string) {
  return expect.objectContaining({ name: 'UsageError', reason })
}
