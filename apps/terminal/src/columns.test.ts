import { expect, test } from 'vitest'
import { columns } from './columns.ts'

test('cells stand below each other, and no line ends in spaces', () => {
  expect(
    columns(
      [
        ['@bob', 'Боб', ''],
        ['@alexandra', 'А', 'ждёт'],
      ],
      2,
    ),
  ).toBe('  @bob        Боб\n  @alexandra  А    ждёт')
})

test('what is seen as one character counts as one', () => {
  expect(
    columns([
      ['👨‍👩‍👧', 'x'],
      ['ab', 'y'],
    ]),
  ).toBe('👨‍👩‍👧   x\nab  y')
})

test('nothing gives nothing', () => {
  expect(columns([])).toBe('')
})
