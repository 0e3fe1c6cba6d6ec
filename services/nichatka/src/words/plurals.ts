/** How many of what, as the language counts: 1 сообщение, 2 сообщения, 5 сообщений. */
const russian = new Intl.PluralRules('ru')
const english = new Intl.PluralRules('en')
const russianNumbers = new Intl.NumberFormat('ru')
const englishNumbers = new Intl.NumberFormat('en')

/** The number and its noun. */
export function inRussian(count: number, one: string, few: string, many: string): string {
  const rule = russian.select(count)
  const noun = rule === 'one' ? one : rule === 'few' ? few : many
  return `${russianNumbers.format(count)} ${noun}`
}

export function inEnglish(count: number, one: string, other: string): string {
  return `${englishNumbers.format(count)} ${english.select(count) === 'one' ? one : other}`
}
