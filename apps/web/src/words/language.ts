/** Which language people are spoken to in, and the parts of it that the browser knows. */

export type Language = 'en' | 'ru'

/** Each in itself, so that who reads no other finds it. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', ru: 'Русский' }

/** The first that the browser asks for and that is here; English where there is none. */
export function chooseLanguage(wishes: readonly string[]): Language {
  const known = wishes.map((wish) => wish.slice(0, 2).toLowerCase())
  return known.find((wish) => isLanguage(wish)) ?? 'en'
}

export function isLanguage(text: string | null): text is Language {
  return text !== null && Object.hasOwn(languageNames, text)
}

/** The forms of a word by CLDR plural category; `other` serves for those that a language lacks. */
interface PluralForms {
  readonly one: string
  readonly few?: string
  readonly many?: string
  readonly other: string
}

/** "3 сообщения", "5 messages". */
export function counted(language: Language, count: number, forms: PluralForms): string {
  const category = new Intl.PluralRules(language).select(count)
  const form = category === 'zero' || category === 'two' ? undefined : forms[category]
  return `${numeral(language, count)} ${form ?? forms.other}`
}

/** "1,200", "1 200". */
export function numeral(language: Language, count: number): string {
  return new Intl.NumberFormat(language).format(count)
}

const dateFormats = new Map<string, Intl.DateTimeFormat>()

/** Making one takes longer than all the rest of a row. */
function dateFormat(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`
  const format = dateFormats.get(key) ?? new Intl.DateTimeFormat(language, options)
  dateFormats.set(key, format)
  return format
}

/** "11:40", in the local time zone. */
export function timeOfDay(language: Language, at: number): string {
  return dateFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)
}

/** "20 ноября 2026 г.", in the local time zone. */
export function calendarDay(language: Language, at: number): string {
  return dateFormat(language, { dateStyle: 'long' }).format(at)
}

/** "20 ноя. 2026 г., 11:40:05". */
export function exactTime(language: Language, at: number): string {
  return dateFormat(language, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }).format(at)
}

/** Beside a row of a list: the time where it is of today, else the day. */
export function shortTime(language: Language, at: number, nowMs: number): string {
  if (isSameDay(at, nowMs)) return timeOfDay(language, at)
  return dateFormat(language, { day: 'numeric', month: 'short' }).format(at)
}

export function isSameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString()
}
