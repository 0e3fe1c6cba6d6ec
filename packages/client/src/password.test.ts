import { wordlist } from '@scure/bip39/wordlists/english.js'
import { expect, test } from 'vitest'
import { isWeakPassword, normalizePassword, suggestPassphrase } from './password.ts'

test.each(['', 'p', 'password', 'aaaaaaaaaaaaaaaaaaaa', 'abcabcabcabcabc', '12345678901', 'мойпароль'])(
  '"%s" is too weak',
  (password) => {
    expect(isWeakPassword(password)).toBe(true)
  },
)

test.each(['olive harbour lantern', 'семь фонарей над гаванью', 'k8!fQz_w2Lp#'])(
  '"%s" is not',
  (password) => {
    expect(isWeakPassword(password)).toBe(false)
  },
)

test('characters are counted as people count them, in the form in which they are used', () => {
  expect(isWeakPassword('🙂🙃🙂🙃🙂🙃🙂')).toBe(true)
  expect(normalizePassword('A\u030a')).toBe('\u00c5')
})

test('a suggested passphrase has five words of the list, passes the floor, and is another each time', () => {
  const suggested = Array.from({ length: 100 }, suggestPassphrase)
  for (const phrase of suggested) {
    expect(phrase.split(' ')).toHaveLength(5)
    expect(phrase.split(' ').every((word) => wordlist.includes(word))).toBe(true)
    expect(isWeakPassword(phrase)).toBe(false)
  }
  expect(new Set(suggested).size).toBe(100)
})
