/** Which language people are spoken to in, and the parts of it that the platform knows. */

export type Language = 'en' | 'ru'

/** `VECHE_LANG`, then the locale as POSIX orders its variables; English unless one of them asks for Russian. */
export function chooseLanguage(env: Readonly<Record<string, string | undefined>>): Language {
  const wish = env.VECHE_LANG || env.LC_ALL || env.LC_MESSAGES || env.LANG || ''
  return /^ru/i.test(wish) ? 'ru' : 'en'
}

/** The forms of a word by CLDR plural category; `other` serves for those that a language lacks. */
export interface PluralForms {
  readonly one: string
  readonly few?: string
  readonly many?: string
  readonly other: string
}

/** "3 сообщения", "5 messages". */
export function counted(language: Language, count: number, forms: PluralForms): string {
  const category = new Intl.PluralRules(language).select(count)
  const form = category === 'zero' || category === 'two' ? undefined : forms[category]
  return `${new Intl.NumberFormat(language).format(count)} ${form ?? forms.other}`
}

/** "1,200 of 3,400", "1 200 из 3 400". */
export function ofAll(language: Language, some: number, all: number): string {
  const format = new Intl.NumberFormat(language)
  return `${format.format(some)} ${language === 'ru' ? 'из' : 'of'} ${format.format(all)}`
}

/** "11:40", in the local time zone. */
export function timeOfDay(language: Language, at: Date): string {
  return dateFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)
}

/** "20 ноября 2026 г.", in the local time zone. */
export function calendarDay(language: Language, at: Date): string {
  return dateFormat(language, { dateStyle: 'long' }).format(at)
}

/** Making one takes longer than all the rest of a screen's row. */
const dateFormats = new Map<string, Intl.DateTimeFormat>()

/** @param locale a language, or one of its countries where its days are to be written as there */
export function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  const format = dateFormats.get(key) ?? new Intl.DateTimeFormat(locale, options)
  dateFormats.set(key, format)
  return format
}

/** Each in itself, so that who reads no other finds it. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', ru: 'Русский' }

export function isLanguage(text: string): text is Language {
  return Object.hasOwn(languageNames, text)
}
