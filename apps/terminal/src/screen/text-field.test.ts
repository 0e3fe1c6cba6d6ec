import { expect, test } from 'vitest'
import type { KeyName } from './keys.ts'
import { edit, emptyField, fieldRows } from './text-field.ts'

const editing: readonly KeyName[] = [
  ...([
    'backspace',
    'delete',
    'ctrl+d',
    'ctrl+w',
    'alt+backspace',
    'ctrl+u',
    'ctrl+k',
    'left',
    'right',
  ] as const),
  ...([
    'ctrl+left',
    'alt+left',
    'ctrl+right',
    'alt+right',
    'home',
    'ctrl+a',
    'end',
    'ctrl+e',
    'up',
    'down',
  ] as const),
]
const texts = ['', 'a', '\n', '\na', 'one two\n\nthree', '  ', 'привет 👩‍👩‍👧 мир']

test.each(editing)('%s leaves the cursor in the text, wherever it stood', (key) => {
  for (const text of texts) {
    for (let cursor = 0; cursor <= text.length; cursor++) {
      const field = edit({ text, cursor }, key, 5)!
      expect(field.cursor).toBeGreaterThanOrEqual(0)
      expect(field.cursor).toBeLessThanOrEqual(field.text.length)
      expect(fieldRows(field, 5).rows.length).toBeGreaterThan(0)
    }
  }
})

test('there is nothing to erase in an empty field', () => {
  for (const key of ['ctrl+u', 'ctrl+w', 'home', 'backspace'] as const)
    expect(edit(emptyField, key, 5)).toEqual(emptyField)
})
