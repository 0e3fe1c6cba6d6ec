import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BatchLoop, QueueFullError } from './batch-loop.ts'

const limits = { maxWaiting: 100, maxWaitingBytes: 1000, maxBatch: 3, maxBatchBytes: 10 }

test('what comes in one turn goes together, what comes while it runs goes next', async () => {
  const batches: string[][] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const loop = new BatchLoop<string, string>(limits, async (jobs) => {
    batches.push([...jobs])
    await promise
    return jobs.map((job) => job.toUpperCase())
  })
  const first = [loop.submit('a', 1), loop.submit('b', 1)]
  await Promise.resolve()
  await Promise.resolve()
  const second = ['c', 'd', 'e', 'f'].map((job) => loop.submit(job, 1))
  resolve()
  expect(await Promise.all([...first, ...second])).toEqual(['A', 'B', 'C', 'D', 'E', 'F'])
  expect(batches).toEqual([['a', 'b'], ['c', 'd', 'e'], ['f']])
})

test('a batch is bounded in bytes; a larger job goes alone', async () => {
  const batches: number[][] = []
  const loop = new BatchLoop<number, number>(limits, async (jobs) => {
    batches.push([...jobs])
    return jobs
  })
  await Promise.all([6, 5, 20, 1, 2].map((bytes) => loop.submit(bytes, bytes)))
  expect(batches).toEqual([[6], [5], [20], [1, 2]])
})

test('a failed batch fails its jobs alike and no other', async () => {
  const loop = new BatchLoop<number, number>(limits, async (jobs) => {
    if (jobs.includes(1)) throw new Error('broken')
    return jobs
  })
  const settled = await Promise.allSettled([0, 1, 2, 3, 4].map((job) => loop.submit(job, 1)))
  expect(settled.map(({ status }) => status)).toEqual([
    'rejected',
    'rejected',
    'rejected',
    'fulfilled',
    'fulfilled',
  ])
  expect(await loop.submit(5, 1)).toBe(5)
})

test('a full queue takes nothing more, by number or by size', async () => {
  const loop = new BatchLoop<number, number>(
    { ...limits, maxWaiting: 2, maxWaitingBytes: 10 },
    async (jobs) => jobs,
  )
  const taken = [loop.submit(1, 1), loop.submit(2, 9)]
  await expect(loop.submit(3, 0)).rejects.toThrow(QueueFullError)
  await Promise.all(taken)
  await expect(loop.submit(4, 11)).rejects.toThrow(QueueFullError)
  expect(await loop.submit(5, 10)).toBe(5)
})

test('it is settled when nothing waits or runs', async () => {
  let done = 0
  const loop = new BatchLoop<number, number>(limits, async (jobs) => {
    await new Promise(setImmediate)
    done += jobs.length
    return jobs
  })
  await loop.settled()
  for (let job = 0; job < 10; job++) void loop.submit(job, 1)
  await loop.settled()
  expect(done).toBe(10)
})

test('each job gets its own result, in order, however they are grouped', async () => {
  const jobs = fc.array(fc.record({ bytes: fc.nat(12), pause: fc.boolean() }), { maxLength: 50 })
  await fc.assert(
    fc.asyncProperty(jobs, async (all) => {
      const seen: number[] = []
      const loop = new BatchLoop<number, number>(limits, async (batch) => {
        seen.push(...batch)
        await new Promise(setImmediate)
        return batch.map((job) => job * 2)
      })
      const results: Promise<number>[] = []
      for (const [index, { bytes, pause }] of all.entries()) {
        results.push(loop.submit(index, bytes))
        if (pause) await new Promise(setImmediate)
      }
      expect(await Promise.all(results)).toEqual(all.map((_, index) => index * 2))
      expect(seen).toEqual(all.map((_, index) => index))
    }),
    { numRuns: 50 },
  )
})
