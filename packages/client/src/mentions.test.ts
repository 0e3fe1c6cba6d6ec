import { expect, test } from 'vitest'
import { handlesIn } from './mentions.ts'

test('M14 a handle counts with an @ before it, whatever stands around, and not within a word', () => {
  const text =
    '@anna, (@Boris) «@vera.p».\n@gleb-то @d_1: @anna! почта: ivan@mail.ru x@yy @zz. я@olga @-no @ @a'
  expect(handlesIn(text)).toEqual(['anna', 'boris', 'vera.p', 'gleb', 'd_1', 'anna'])
})

test('C13 a text of the largest size and the worst kind is read to its end', () => {
  const counts = ['@', '@abc', '@abc ', '@abc.', 'abc@', '@abc-'].map(
    (part) => handlesIn(part.repeat(4_000)).length,
  )
  expect(counts).toEqual([0, 1, 4_000, 1, 0, 1])
})
