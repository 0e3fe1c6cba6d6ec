/** Texts of about 100 Cyrillic characters, their words of a vocabulary in which the n-th is n times as rare as the first. */
import { randomFrom } from '../test/material.ts'

const SIZE = 20_000
const SYLLABLES = 'ра сто ни ве че ко лю ма по ре дом ля ши го бы ст'.split(' ')
const WORDS_IN_TEXT = 14

const random = randomFrom(1)
const words = Array.from({ length: SIZE }, () =>
  Array.from({ length: 2 + random(3) }, () => SYLLABLES[random(SYLLABLES.length)]).join(''),
)

export function randomText(): string {
  return Array.from({ length: WORDS_IN_TEXT }, randomWord).join(' ')
}

/** Zipf's law: the logarithm of the rank is spread evenly. */
function randomWord(): string {
  return words[Math.floor(SIZE ** (random(1_000_000) / 1_000_000)) - 1]!
}
