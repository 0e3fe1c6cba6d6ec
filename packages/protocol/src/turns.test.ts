import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Turns } from './index.ts'

test('operations run one after another, in the order they were asked for, whatever becomes of those before', async () => {
  const turns = new Turns()
  const seen: string[] = []
  const slow = turns.take(async () => {
    await sleep(5)
    seen.push('slow')
    return 1
  })
  const failing = turns.take(async () => {
    seen.push('failing')
    throw new Error('no')
  })
  const quick = turns.take(async () => {
    seen.push('quick')
    return 2
  })
  await expect(failing).rejects.toThrow('no')
  expect([await slow, await quick]).toEqual([1, 2])
  expect(seen).toEqual(['slow', 'failing', 'quick'])
})
