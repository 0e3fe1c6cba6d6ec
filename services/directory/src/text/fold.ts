/**
 * What is left of a name when everything is taken away that people write in different ways: capitals, accents, «ё»,
 * the alphabet, and the customs of writing Russian in Latin letters. «Маша», "Masha" and "masha" are one, so are
 * «Юлия», "Yulia", "Yuliya" and "Julia", «Щукин», "Shchukin" and "Schukin". What is left is for comparing only; no
 * one is shown it.
 */

/** A word's forms: one, or more where a letter is read in different ways (j in Julia and in Jenya). */
export type Word = readonly string[]

/** Letters of one word that are looked at; longer words are cut. */
export const MAX_FORM_LETTERS = 24
/** Words of one name or query that are looked at. */
export const MAX_WORDS = 8
/** Words of a description: as many as most of 500 characters have. */
export const MAX_DESCRIPTION_WORDS = 80

/** The words of a text, in order, at most so many; what is neither letter nor digit parts them. */
export function foldWords(text: string, most = MAX_WORDS): Word[] {
  const words = plain(text).match(/[\p{L}\p{N}]+/gu) ?? []
  return words
    .slice(0, most)
    .map(formsOf)
    .filter((forms) => forms.length > 0)
}

/** The text as one word, whatever parts it: "vera.p" is also "verap". */
export function foldTogether(text: string): Word {
  return formsOf(plain(text).replace(/[^\p{L}\p{N}]+/gu, ''))
}

/** Small letters without marks; ё becomes е, й becomes и. */
function plain(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
}

function formsOf(word: string): Word {
  const latin = Array.from(word, (letter) => LATIN.get(letter) ?? letter).join('')
  const readings = latin.includes('j')
    ? READINGS_OF_J.map((letters) => latin.replaceAll('j', letters))
    : [latin]
  const forms = readings.map((reading) => oneSpelling(reading).slice(0, MAX_FORM_LETTERS))
  return [...new Set(forms)].filter((form) => form !== '')
}

function oneSpelling(latin: string): string {
  return latin.replace(SPELLINGS, (spelling) => LETTERS.get(spelling)!).replace(/(.)\1+/gu, '$1')
}

/** As in Julia (Юлия) and in Jenya (Женя). */
const READINGS_OF_J = ['y', 'zh']

/** Each letter of Cyrillic alphabets, and Latin letters that do not fall apart into a letter and a mark. */
const LATIN: ReadonlyMap<string, string> = new Map(
  Object.entries({
    а: 'a',
    б: 'b',
    в: 'v',
    г: 'g',
    ґ: 'g',
    ғ: 'g',
    д: 'd',
    ђ: 'dz',
    е: 'e',
    є: 'e',
    ж: 'zh',
    җ: 'zh',
    з: 'z',
    и: 'i',
    і: 'i',
    ј: 'y',
    к: 'k',
    қ: 'k',
    л: 'l',
    љ: 'l',
    м: 'm',
    н: 'n',
    њ: 'n',
    ң: 'n',
    о: 'o',
    ө: 'o',
    п: 'p',
    р: 'r',
    с: 's',
    т: 't',
    ћ: 'ch',
    у: 'u',
    ү: 'u',
    ұ: 'u',
    ф: 'f',
    х: 'h',
    һ: 'h',
    ц: 'ts',
    ч: 'ch',
    џ: 'zh',
    ш: 'sh',
    щ: 'sh',
    ъ: '',
    ы: 'i',
    ь: '',
    э: 'e',
    ә: 'a',
    ю: 'iu',
    я: 'ia',
    ß: 'ss',
    æ: 'ae',
    œ: 'oe',
    ø: 'o',
    ł: 'l',
    đ: 'd',
    ð: 'd',
    þ: 'th',
    ı: 'i',
    ə: 'a',
  }),
)

/** Longer spellings stand before those that are parts of them. */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ['shch', 'sh'],
  ['sch', 'sh'],
  ['tch', 'ch'],
  ['chr', 'kr'],
  ['dzh', 'zh'],
  ['ch', 'ch'],
  ['kh', 'h'],
  ['ph', 'f'],
  ['th', 't'],
  ['tz', 'ts'],
  ['ce', 'se'],
  ['ci', 'si'],
  ['cy', 'si'],
  ['c', 'k'],
  ['q', 'k'],
  ['x', 'ks'],
  ['w', 'v'],
  ['ye', 'e'],
  ['yo', 'e'],
  ['y', 'i'],
])
const SPELLINGS = new RegExp([...LETTERS.keys()].join('|'), 'g')
