import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seed } from '../testing/seed.ts'
import { displayNameFault } from './display-name.ts'

test.each([
  ...[
    'Алиса',
    'Bob',
    'Anne-Marie O’Neill',
    'Иван Петров',
    'Zoë',
    'Лё',
    'محمد',
    '山田 太郎',
    'עומר',
    'Đặng',
    '😀',
  ],
  ...['x', 'Ж'.repeat(64), '😀'.repeat(64), 'Amanda Root', 'Всеволод', 'Все вместе', 'Admira', 'नेहा'],
])('M9: %s is a display name', (name) => {
  expect(displayNameFault(name)).toBeUndefined()
})

test.each(['', 'x'.repeat(65), '😀'.repeat(65), 'x'.repeat(10_000_000)])(
  'a name of another length is refused',
  (name) => {
    expect(displayNameFault(name)).toBe('length')
  },
)

test.each([
  ['not NFC', 'e\u0301'],
  ['a line break', 'Bob\nAlice'],
  ['an escape', 'Bob\u001b[31m'],
  ['NUL', 'Bob\u0000'],
  ['a C1 control', 'Bob\u009b31m'],
  ['a direction override', 'Bob\u202eecila'],
  ['an isolate', '\u2067Bob'],
  ['a direction mark', 'Bob\u200f'],
  ['a zero-width space', 'B\u200bob'],
  ['a byte order mark', '\ufeffBob'],
  ['a soft hyphen', 'B\u00adob'],
  ['a tag character', 'Bob\u{e0041}'],
  ['a Hangul filler', '\u3164'],
  ['a blank Braille pattern', '\u2800'],
  ['a variation selector', 'Bob\ufe0f'],
  ['a private character', 'Bob\ue000'],
  ['an unassigned character', 'Bob\u0378'],
  ['a lone surrogate', 'Bob\ud800'],
  ['a no-break space', 'Bob\u00a0B'],
  ['a line separator', 'Bob\u2028B'],
  ['an em space', 'Bob\u2003B'],
  ['a leading space', ' Bob'],
  ['a trailing space', 'Bob '],
  ['two spaces', 'Bob  B'],
  ['a mark with no letter', '\u0301x'],
  ['piled marks', `B${'\u0335'.repeat(5)}`],
])('C11: %s is refused', (_what, name) => {
  expect(displayNameFault(name)).toBe('form')
})

test.each([
  ...[
    'admin',
    'Admin',
    'ADMIN',
    'аdmin',
    'Аdмin',
    'αdmin',
    'ＡＤＭＩＮ',
    '𝐀𝐝𝐦𝐢𝐧',
    'ꓮꓓꓟꓲꓠ',
    'ᴀᴅᴍɪɴ',
    '@dmin',
    '4dm1n',
    'admin★',
  ],
  ...[
    'a d m i n',
    'A.D.M.I.N.',
    'Veche',
    'Вече',
    'ВЕЧЕ',
    'Bече',
    'Vеchе support',
    'Поддержка',
    'поддержkа',
    'Служба',
  ],
  ...[
    'Администратор Иван',
    'Админ-1',
    'Все',
    'ВCЕ',
    'Всe',
    'Everyone',
    'Ѕуѕtем',
    'Sуstem',
    'Ѕеrvеr',
    'Поддержка 24',
  ],
  ...['Ádmin', 'Admín', 'Удалён', 'Удален'],
])('C11: %s names the server or who runs it', (name) => {
  expect(displayNameFault(name)).toBe('reserved')
})

test('C11: no text of one line-breaking, direction-changing or unseen character gets through', () => {
  const bad = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Bidi_C}]/u
  for (let point = 0; point <= 0x10ffff; point++) {
    const character = String.fromCodePoint(point)
    if (bad.test(character) && displayNameFault(`a${character}b`) === undefined) {
      throw new Error(`U+${point.toString(16)} is accepted`)
    }
  }
})

test('any text gets an answer', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect([undefined, 'length', 'form', 'reserved']).toContain(displayNameFault(text))
    }),
    { seed },
  )
})
