import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldTogether, foldWords, MAX_FORM_LETTERS, MAX_WORDS } from './fold.ts'

const seed = Number.parseInt(process.env.VECHE_SEED ?? '', 10) || Date.now() % 2 ** 31
const run = <T>(property: fc.IProperty<T>) => fc.assert(property, { seed, numRuns: 300 })

/** Whether two spellings have a form in common. */
function isSame(one: string, other: string): boolean {
  return foldTogether(one).some((form) => foldTogether(other).includes(form))
}

test.each([
  ['Алиса', 'alisa', 'ALISA'],
  ['Маша', 'masha', 'Mascha'],
  ['Юлия', 'yulia', 'yuliya', 'julia', 'juliya'],
  ['Юрий', 'yuri', 'yury', 'yuriy', 'jurij'],
  ['Алексей', 'alexey', 'alexei', 'aleksej', 'Aleksey'],
  ['Дмитрий', 'dmitry', 'dmitriy', 'dmitrij'],
  ['Екатерина', 'ekaterina', 'yekaterina'],
  ['Катя', 'katya', 'katia', 'katja'],
  ['Фёдор', 'федор', 'fedor', 'fyodor'],
  ['Алёна', 'алена', 'alena', 'alyona'],
  ['Соловьёв', 'соловьев', 'solovyov', 'solovyev'],
  ['Щукин', 'shchukin', 'schukin', 'shukin'],
  ['Хабаров', 'khabarov', 'habarov'],
  ['Жуков', 'zhukov', 'jukov'],
  ['Женя', 'zhenya', 'jenya'],
  ['Цветкова', 'tsvetkova', 'tzvetkova'],
  ['Чехов', 'chekhov', 'chehov', 'tchekhov'],
  ['Ксения', 'xenia', 'ksenia', 'kseniya'],
  ['Виктор', 'victor', 'viktor'],
  ['Кристина', 'christina', 'kristina'],
  ['Наталья', 'natalya', 'natalia'],
  ['Илья', 'ilya', 'ilia'],
  ['Анна', 'anna', 'ana'],
  ['Джон', 'zhon'],
  ['Олена', 'olena'],
  ['Jürgen', 'jurgen'],
  ['José', 'jose'],
  ['Łukasz', 'lukasz'],
  ['Straße', 'strasse'],
])('%s is written in several ways and is one', (name, ...spellings) => {
  for (const spelling of spellings) expect(isSame(name, spelling), spelling).toBe(true)
})

test('different names stay different', () => {
  expect(isSame('Маша', 'Миша')).toBe(false)
  expect(isSame('Саша', 'Паша')).toBe(false)
  expect(isSame('anna', 'anya')).toBe(false)
})

test('words are parted by what is neither letter nor digit, and other scripts stay as they are', () => {
  expect(foldWords('Вера П. Петрова-Водкина')).toEqual([['vera'], ['p'], ['petrova'], ['vodkina']])
  expect(foldWords('vera.p_2007')).toEqual([['vera'], ['p'], ['207']])
  expect(foldWords('ნინო 王伟')).toEqual([['ნინო'], ['王伟']])
  expect(foldWords(' … ♥ ь ')).toEqual([])
  expect(foldTogether('vera.p')).toEqual(['verap'])
  expect(foldTogether('jana')).toEqual(['iana', 'zhana'])
})

test('capitals, accents and ё make no difference', () => {
  const letters = fc.string({
    unit: fc.constantFrom(...'абвгдеёжзийклмнопрстуфхцчшщъыьэюяabcdefghijklmnopqrstuvwxyz'),
  })
  run(
    fc.property(letters, (text) => {
      expect(foldWords(text.toUpperCase())).toEqual(foldWords(text))
      expect(foldWords(text.replaceAll('ё', 'е'))).toEqual(foldWords(text))
      expect(foldWords(text.normalize('NFD'))).toEqual(foldWords(text))
    }),
  )
})

test('any text gives a few short words, and no more', () => {
  run(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const words = foldWords(text)
      expect(words.length).toBeLessThanOrEqual(MAX_WORDS)
      for (const forms of words) {
        expect(forms.length).toBeLessThanOrEqual(2)
        for (const form of forms) expect(form.length).toBeLessThanOrEqual(MAX_FORM_LETTERS)
      }
    }),
  )
})
