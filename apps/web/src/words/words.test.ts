import { expect, test } from 'vitest'
import { en } from './en.ts'
import { calendarDay, chooseLanguage, counted, isLanguage, shortTime } from './language.ts'
import { ru } from './ru.ts'
import { wordsIn } from './words.ts'

test('both catalogues have the same keys, and nothing in them is empty', () => {
  expect(textsOf(ru).map(([key]) => key)).toEqual(textsOf(en).map(([key]) => key))
  for (const [key, text] of [...textsOf(en), ...textsOf(ru)]) expect(text, key).not.toBe('')
})

test('the Russian catalogue is Russian, and the English one has no Cyrillic', () => {
  for (const [key, text] of textsOf(ru)) expect(text, key).toMatch(/[а-яё]/i)
  for (const [key, text] of textsOf(en)) expect(text, key).not.toMatch(/[а-яё]/i)
})

test('nobody is shouted at, no jargon is used, and no option of a command is told', () => {
  for (const [key, text] of [...textsOf(en), ...textsOf(ru)]) {
    expect(text, key).not.toMatch(/!|decrypt|epoch|key package|расшифр|эпох|--/i)
  }
})

test('the language is the first that the browser asks for and that is here', () => {
  expect(chooseLanguage(['de-DE', 'ru-RU', 'en'])).toBe('ru')
  expect(chooseLanguage(['de'])).toBe('en')
  expect(isLanguage('ru')).toBe(true)
  expect(isLanguage('toString')).toBe(false)
  expect(wordsIn('ru')).toBe(ru)
})

test('numbers take the right form of the word', () => {
  const forms = [1, 2, 5, 11, 21, 22, 111].map((count) =>
    wordsIn('ru')
      .unread(count)
      .replace(/[^а-я]+/g, ' ')
      .trim(),
  )
  expect(forms).toEqual([
    'новое сообщение',
    'новых сообщения',
    'новых сообщений',
    'новых сообщений',
    'новое сообщение',
    'новых сообщения',
    'новых сообщений',
  ])
  expect(counted('en', 1234, { one: 'x', other: 'xs' })).toBe('1,234 xs')
})

test('days and times are local, by the language', () => {
  const at = new Date(2026, 10, 20, 9, 5).getTime()
  expect(calendarDay('ru', at)).toBe('20 ноября 2026 г.')
  expect(shortTime('ru', at, at + 1000)).toBe('09:05')
  expect(shortTime('en', at, at + 48 * 60 * 60_000)).toBe('Nov 20')
})

/** Every text with its path; functions are called with what serves for a name, a number and a choice. */
function textsOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'function') {
    const isCounting = /unread|requestsWait|people|below|readBy|days|archive/.test(path)
    const text = path.endsWith('.gap') ? value(3, 'no-key') : isCounting ? value(3, 5) : value('…', '…', '…')
    return [[path, String(text)]]
  }
  if (typeof value !== 'object' || value === null) return [[path, String(value)]]
  return Object.entries(value).flatMap(([key, part]) => textsOf(part, `${path}.${key}`))
}
