/** Text of other people, made harmless for a line of the page: it can neither turn its neighbours around nor hide. */

/** Characters that turn the direction of what comes after them. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
const INVISIBLE = /[\p{Cc}\u00ad\u180e\u200b\u2060\ufeff\u{e0000}-\u{e007f}]/gu
/** More marks on one letter than any language has. */
const TOO_MANY_MARKS = /(\p{M}{4})\p{M}+/gu

/** A name on one line. */
export function nameText(name: string): string {
  return name
    .replace(/\s+/gu, ' ')
    .replace(TURNING, '')
    .replace(INVISIBLE, '')
    .replace(TOO_MANY_MARKS, '$1')
    .trim()
}

/** The words of a message: its lines stay. */
export function bodyText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u202a-\u202e\u2066-\u2069]/gu, '')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .replace(TOO_MANY_MARKS, '$1')
}

/** One line of a message, for a list. */
export function excerpt(text: string, most = 120): string {
  const line = nameText(text.slice(0, 4 * most))
  return [...line].length > most ? `${[...line].slice(0, most).join('')}…` : line
}
