import { expect, test } from 'vitest'
import { RecentlyUsed } from './recently-used.ts'

test('N8 what was used last is remembered, what was not is forgotten, and there is never more than may be', () => {
  const used = new RecentlyUsed<number, string>(100)
  for (let key = 0; key < 1_000; key++) {
    used.set(key, `value ${key}`)
    expect(used.get(7)).toBe(key < 7 ? undefined : 'value 7')
  }
  const last = Array.from({ length: 48 }, (_, index) => 999 - index)
  expect(last.map((key) => used.get(key))).toEqual(last.map((key) => `value ${key}`))
  const all = Array.from({ length: 1_000 }, (_, key) => key)
  expect(all.filter((key) => used.get(key) !== undefined).length).toBeLessThanOrEqual(100)
})
