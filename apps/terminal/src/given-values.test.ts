import { expect, test } from 'vitest'
import { choiceArgument, countOption, durationOption } from './given-values.ts'

test('what was left out is left out', () => {
  expect(countOption(undefined, 5)).toBeUndefined()
  expect(durationOption(undefined, 1000)).toBeUndefined()
  expect(choiceArgument(undefined, ['a'])).toBeUndefined()
})

test('what is given is read', () => {
  expect(countOption('5', 5)).toBe(5)
  expect(durationOption('2m', 120_000)).toBe(120_000)
  expect(choiceArgument('a', ['a', 'b'])).toBe('a')
})

test.each(['0', '6', '-1', '1.5', 'x', '', '1e3'])('no count from 1 to 5: %s', (text) => {
  expect(() => countOption(text, 5)).toThrow(expect.objectContaining({ reason: 'invalid_value', code: 2 }))
})

test('no time, no choice', () => {
  expect(() => durationOption('soon', 1000)).toThrow(expect.objectContaining({ reason: 'invalid_value' }))
  expect(() => durationOption('2s', 1000)).toThrow(expect.objectContaining({ reason: 'invalid_value' }))
  expect(() => choiceArgument('c', ['a', 'b'])).toThrow(expect.objectContaining({ reason: 'invalid_value' }))
})
