import { expect, test } from 'vitest'
import { attempt, type Draft } from './draft.ts'

const draft: Draft = { fields: [['text', 'Рассада готова']] }

test('N17 the same message sent again goes under the same key', () => {
  const first = attempt(draft, 'text=1')
  expect(first.id).toMatch(/^[A-Za-z0-9_-]{8,64}$/)
  expect(attempt(first, 'text=1')).toEqual(first)
})

test('N17 a corrected message is another one', () => {
  const first = attempt(draft, 'text=1')
  const second = attempt(first, 'text=2')
  expect(second.id).not.toBe(first.id)
  expect(second.fields).toBe(draft.fields)
})
