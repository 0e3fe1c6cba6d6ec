import { expect, test } from 'vitest'
import { en } from './en.ts'
import { calendarDay, chooseLanguage, counted, timeOfDay } from './language.ts'
import { ru } from './ru.ts'
import { wordsIn } from './words.ts'

test('both catalogues have the same keys, and nothing in them is empty', () => {
  // The settings are described in English where they are declared.
  const keys = textsOf(ru).map(([key]) => key)
  expect(keys.filter((key) => !key.startsWith('.settings.'))).toEqual(textsOf(en).map(([key]) => key))
  for (const catalogue of [en, ru]) {
    for (const [key, text] of textsOf(catalogue)) {
      if (!key.endsWith('.details')) expect(text, key).not.toBe('')
    }
  }
})

test('the Russian catalogue is Russian, and the English one has no Cyrillic', () => {
  const sameInBoth = /examples|exitCodes\.\d\.0$|headings\.\w*exitCodes|howToAnswer|group\.named/
  for (const [key, text] of textsOf(ru)) {
    if (!sameInBoth.test(key) && !key.endsWith('.details')) expect(text, key).toMatch(/[а-яё]/i)
  }
  for (const [key, text] of textsOf(en)) expect(text, key).not.toMatch(/[а-яё]/i)
})

test('nobody is shouted at, and no jargon is used', () => {
  for (const [key, text] of [...textsOf(en), ...textsOf(ru)]) {
    expect(text, key).not.toMatch(/!/)
    if (!key.includes('examples')) expect(text, key).not.toMatch(/decrypt|epoch|key package|расшифр|эпох/i)
  }
})

test('what a failure is about appears in its words', () => {
  for (const words of [en, ru]) {
    expect(words.failures.unknown_command('sned')).toContain('sned')
    expect(words.failures.message_kept('@bob')).toContain('@bob')
    expect(words.otherRefusal('too_cold')).toContain('too_cold')
  }
})

test('the language is chosen as POSIX orders the variables, VECHE_LANG first', () => {
  expect(chooseLanguage({})).toBe('en')
  expect(chooseLanguage({ LANG: 'ru_RU.UTF-8' })).toBe('ru')
  expect(chooseLanguage({ LANG: 'ru_RU.UTF-8', LC_ALL: 'C.UTF-8' })).toBe('en')
  expect(chooseLanguage({ LANG: 'ru_RU.UTF-8', LC_ALL: '' })).toBe('ru')
  expect(chooseLanguage({ LC_MESSAGES: 'ru', LANG: 'en_GB' })).toBe('ru')
  expect(chooseLanguage({ VECHE_LANG: 'RU', LC_ALL: 'C' })).toBe('ru')
  expect(chooseLanguage({ LANG: 'de_DE' })).toBe('en')
})

test('numbers take the right form of the word', () => {
  const waiting = [0, 1, 2, 5, 11, 21, 22, 111, 1000].map((count) => wordsIn('ru').says.uses(count))
  expect(waiting.map((text) => text.replace(/[^а-я]+/g, ' ').trim())).toEqual([
    'на аккаунтов',
    'на аккаунт',
    'на аккаунта',
    'на аккаунтов',
    'на аккаунтов',
    'на аккаунт',
    'на аккаунта',
    'на аккаунтов',
    'на аккаунтов',
  ])
  expect(wordsIn('en').says.uses(1)).toBe('good for 1 account')
  expect(wordsIn('en').says.uses(0)).toBe('good for 0 accounts')
  expect(counted('en', 1234, { one: 'x', other: 'xs' })).toBe('1,234 xs')
})

test('times are local, by the language', () => {
  const at = new Date(2026, 10, 20, 9, 5)
  expect(timeOfDay('ru', at)).toBe('09:05')
  expect(timeOfDay('en', new Date(2026, 10, 20, 0, 5))).toBe('00:05')
  expect(calendarDay('ru', at)).toBe('20 ноября 2026 г.')
  expect(calendarDay('en', at)).toBe('November 20, 2026')
})

/** Every text with its path; functions are called with a word that both alphabets can hold. */
function textsOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'function') return [[path, String(value(/uses|Messages/.test(path) ? 3 : '…'))]]
  if (typeof value !== 'object' || value === null) return [[path, String(value)]]
  return Object.entries(value).flatMap(([key, part]) => textsOf(part, `${path}.${key}`))
}
