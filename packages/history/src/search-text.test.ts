import { describe, expect, it } from 'vitest'
import { foldText, textMatches } from './search-text.ts'

describe('text as people search it', () => {
  it.each([
    ['Привет, МИР', 'мир'],
    ['Ёлка', 'елка'],
    ['елка', 'ЁЛКА'],
    ['и\u0306од', 'йод'],
    ['STRASSE', 'straße'],
    ['ΟΔΟΣ', 'οδος'],
    ['ﬁne', 'FINE'],
    ['Ａｌｉｃｅ', 'alice'],
    ['anything', ''],
  ])('finds in %s: %s', (text, sought) => {
    expect(textMatches(text, sought)).toBe(true)
  })

  it('does not find what is not there', () => {
    expect(textMatches('мир', 'миръ')).toBe(false)
    expect(textMatches('', 'a')).toBe(false)
  })

  it('is the same when folded twice', () => {
    for (const text of ['ΟΔΟΣ ὁδός', 'İstanbul', 'ß ẞ ﬃ', 'Ёж', 'ǅ']) {
      expect(foldText(foldText(text))).toBe(foldText(text))
    }
  })
})
