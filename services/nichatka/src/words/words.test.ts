import { expect, test } from 'vitest'
import { preferredLang, wordsOf } from './words.ts'

const { ru, en } = wordsOf
const counts = [1, 2, 5, 11, 21, 22, 100, 101, 111]

test('N8 Russian counts as Russians do', () => {
  const nouns = counts.map((count) => ru.unread({ ordinary: count, important: 0, critical: 0 }))
  expect(nouns).toEqual([
    '1 новое сообщение',
    '2 новых сообщения',
    '5 новых сообщений',
    '11 новых сообщений',
    '21 новое сообщение',
    '22 новых сообщения',
    '100 новых сообщений',
    '101 новое сообщение',
    '111 новых сообщений',
  ])
  expect(ru.foundMoreThan(1000)).toMatch(/^Больше 1.000 сообщений$/)
  expect([1, 3, 5].map((count) => ru.members(count))).toEqual(['1 участник', '3 участника', '5 участников'])
  expect([1, 3, 5].map((count) => ru.usersNamed(count))).toEqual([
    'Добавлено: 1 человек',
    'Добавлено: 3 человека',
    'Добавлено: 5 человек',
  ])
})

test('N8 the sentence of the bell names the highest priority there is', () => {
  expect(ru.unread({ ordinary: 1, important: 1, critical: 1 })).toBe('3 новых сообщения, есть критичные')
  expect(ru.unread({ ordinary: 1, important: 1, critical: 0 })).toBe('2 новых сообщения, есть важные')
  expect(ru.unread({ ordinary: 0, important: 0, critical: 0 })).toBe('Новых сообщений нет')
  expect(en.unread({ ordinary: 0, important: 0, critical: 1 })).toBe('1 new message, some are critical')
})

test('both languages have words of their own, and none shouts', () => {
  const texts = (words: object): string[] =>
    Object.values(words).flatMap((value) =>
      (typeof value === 'object' ? texts(value) : []).concat(typeof value === 'string' ? value : []),
    )
  expect(texts(ru).filter((text) => /[a-z]{3,}/i.test(text))).toEqual([])
  expect(texts(en).filter((text) => /[а-яё]/i.test(text))).toEqual([])
  expect([...texts(ru), ...texts(en)].filter((text) => text.includes('!') || text.trim() !== text)).toEqual(
    [],
  )
})

test('the language is what a browser prefers, and Russian where it prefers neither', () => {
  expect(preferredLang(undefined)).toBe('ru')
  expect(preferredLang('en-US,en;q=0.9,ru;q=0.8')).toBe('en')
  expect(preferredLang('de, en;q=0.5, ru;q=0.7')).toBe('ru')
  expect(preferredLang('de, fr')).toBe('ru')
  expect(preferredLang('en;q=0')).toBe('ru')
  expect(preferredLang(`en${','.repeat(100_000)}`)).toBe('ru')
})
