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

test('what a terminal shows in two columns counts as two', () => {
  expect(
    columns([
      ['👨‍👩‍👧', 'x'],
      ['ab', 'y'],
    ]),
  ).toBe('👨‍👩‍👧  x\nab  y')
})

test('nothing gives nothing', () => {
  expect(columns([])).toBe('')
})
