import { ManualClock } from '@veche/service-kit'
import { expect, test } from 'vitest'
import { MemoryExpiringStore } from './expiring-store.ts'

const create = (maxEntries = 3) => {
  const clock = new ManualClock(0)
  const store = new MemoryExpiringStore<string>({ lifetimeMs: 60, maxEntries, clock })
  return { clock, store }
}

test('a value is given once', async () => {
  const { store } = create()
  await store.put('a', 'one')
  expect(await store.take('a')).toBe('one')
  expect(await store.take('a')).toBeUndefined()
})

test('of two who take a value at once, one gets it; who looks leaves it there', async () => {
  const { clock, store } = create()
  await store.put('a', 'one')
  expect(await store.get('a')).toBe('one')
  expect(await Promise.all([store.take('a'), store.take('a')])).toEqual(['one', undefined])
  await store.put('b', 'two')
  clock.advance(60)
  expect(await store.get('b')).toBeUndefined()
})

test('a value is gone after its lifetime', async () => {
  const { clock, store } = create()
  await store.put('a', 'one')
  clock.advance(60)
  expect(await store.take('a')).toBeUndefined()
})

test('the oldest gives way when the store is full', async () => {
  const { store } = create(2)
  for (const key of ['a', 'b', 'c']) await store.put(key, key)
  expect(await store.take('a')).toBeUndefined()
  expect(await store.take('b')).toBe('b')
  expect(await store.take('c')).toBe('c')
})

test('what is too old makes room', async () => {
  const { clock, store } = create(2)
  await store.put('a', 'a')
  clock.advance(30)
  await store.put('b', 'b')
  clock.advance(40)
  await store.put('c', 'c')
  expect(await store.take('b')).toBe('b')
  expect(await store.take('c')).toBe('c')
})
