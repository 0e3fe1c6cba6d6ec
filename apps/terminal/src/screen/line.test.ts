import { expect, test } from 'vitest'
import { width } from '../text-width.ts'
import { centred, edges, fit, line, lineText, lineWidth, span } from './line.ts'

test('a line is made exactly as wide as its place, whatever is in it', () => {
  for (const text of ['', 'short', 'Борис', '漢字漢字漢字', '👨‍👩‍👧 семья', 'e\u0301tude', 'a'.repeat(99)]) {
    for (const columns of [1, 2, 7, 8, 30]) {
      expect(lineWidth(fit([span(text, { bold: true })], columns)), `${text} in ${columns}`).toBe(columns)
      expect(lineWidth(edges(line(text), line('09:41'), columns + 6)), text).toBe(columns + 6)
    }
  }
})

test('what does not fit is cut at a character, and shows that it was', () => {
  expect(lineText(fit(line('Рассада готова'), 8))).toBe('Рассада…')
  expect(lineText(fit(line('漢字漢字'), 6))).toBe('漢字… ')
  expect(lineText(fit([span('one'), span('two'), span('three')], 5))).toBe('onet…')
})

test('the right edge stays where there is no room for both', () => {
  expect(lineText(edges(line('a long name'), line(' 3 '), 9))).toBe('a lon… 3 ')
  expect(width(lineText(edges(line('name'), line('09:41'), 4)))).toBe(4)
  expect(lineText(centred(line('ab'), 6))).toBe('  ab')
})
