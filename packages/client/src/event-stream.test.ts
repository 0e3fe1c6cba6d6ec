import { expect, test } from 'vitest'
import { EventStream } from './event-stream.ts'

test('each listener gets every event from when it began to listen, in order', async () => {
  const stream = new EventStream<number>()
  const stop = new AbortController()
  stream.emit(0)
  const first = stream.listen(stop.signal)
  stream.emit(1)
  const second = stream.listen(stop.signal)
  stream.emit(2)
  stop.abort()
  stream.emit(3)
  expect(await all(first)).toEqual([1, 2])
  expect(await all(second)).toEqual([2])
  expect(await all(stream.listen(stop.signal))).toEqual([])
})

test('a listener waits for what is to come, and may leave', async () => {
  const stream = new EventStream<string>()
  const waiting = (async () => {
    for await (const event of stream.listen(new AbortController().signal)) return event
    return undefined
  })()
  await Promise.resolve()
  stream.emit('later')
  expect(await waiting).toBe('later')
})

async function all<T>(events: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const event of events) list.push(event)
  return list
}
