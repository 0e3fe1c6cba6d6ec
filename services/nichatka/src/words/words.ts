import { en } from './en.ts'
import { ru, type Words } from './ru.ts'

export type { Words } from './ru.ts'
export type Lang = 'ru' | 'en'

export const wordsOf: Readonly<Record<Lang, Words>> = { ru, en }

/** What `Accept-Language` prefers of the two (RFC 9110 section 12.5.4); Russian where it prefers neither. */
export function preferredLang(header: string | undefined): Lang {
  if (header === undefined || header.length > 500) return 'ru'
  let preferred: Lang = 'ru'
  let highest = 0
  for (const range of header.split(',')) {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const lang = tag.split('-', 1)[0]
    const quality = Number(parameters.find((part) => part.startsWith('q='))?.slice(2) ?? 1)
    if ((lang === 'ru' || lang === 'en') && quality > highest) {
      preferred = lang
      highest = quality
    }
  }
  return preferred
}
