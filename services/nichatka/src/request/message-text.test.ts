import { expect, test } from 'vitest'
import { wordsOf } from '../words/words.ts'
import { parseGroupName, parseMessageText } from './message-text.ts'

test('N17 a text is kept as it was written, with one kind of line end and nothing after its end', () => {
  expect(parseMessageText('a\r\nb\rc\n\n d\te \n\t ')).toBe('a\nb\nc\n\n d\te')
  expect(parseMessageText('🔔 «Вера» <b>&amp;')).toBe('🔔 «Вера» <b>&amp;')
  expect(parseMessageText('a\ud800b\udc00')).toBe('a\ufffdb\ufffd')
})

test('C12 no control character of any kind is left, wherever it stood', () => {
  for (let code = 0; code < 256; code++) {
    const character = String.fromCharCode(code)
    for (const text of [`${character}ab`, `a${character}b`, `ab${character}`]) {
      const kept = parseMessageText(text) ?? expect.unreachable()
      expect(/[\p{Cc}]/u.test(kept.replace(/[\n\t]/g, ''))).toBe(false)
      expect(kept.replace(/\s/g, '').length).toBeGreaterThanOrEqual(2)
    }
  }
  expect(parseMessageText('\u001b]52;c;c2VjcmV0\u0007\u009b31m')).toBe(']52;c;c2VjcmV031m')
})

test('N17 a text has 1 to 10,000 characters, whatever they take', () => {
  for (const empty of ['', ' ', '\r\n\t', '\u0000', '\u00a0\u2028'])
    expect(parseMessageText(empty)).toBeUndefined()
  expect(parseMessageText('🔔'.repeat(10_000))).toHaveLength(20_000)
  expect(parseMessageText(`${'x'.repeat(10_000)}\n  `)).toHaveLength(10_000)
  expect(parseMessageText('🔔'.repeat(10_001))).toBeUndefined()
  expect(parseMessageText('x'.repeat(10_001))).toBeUndefined()
})

test('C11 no group passes for everyone', () => {
  for (const { everyone, toEveryone } of Object.values(wordsOf)) {
    for (const name of [everyone, toEveryone, everyone.toUpperCase(), ` ${everyone} `]) {
      expect(parseGroupName(name), name).toBeUndefined()
    }
  }
  expect(parseGroupName('Все из дома 12')).toBe('Все из дома 12')
})

test('C11 the name of a group is one line that is seen whole', () => {
  expect(parseGroupName('  Огород ')).toBe('Огород')
  expect(parseGroupName('И\u0306')).toBe('Й')
  expect(parseGroupName('🔔'.repeat(80))).toHaveLength(160)
  for (const wrong of ['', ' ', 'a\nb', 'a\u202eb', 'a\u200b', '🔔'.repeat(81), 'a\ud800', 'a\u0000']) {
    expect(parseGroupName(wrong), JSON.stringify(wrong)).toBeUndefined()
  }
})
