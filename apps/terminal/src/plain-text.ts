/**
 * Text from outside on its way to a terminal (attack C12). A terminal obeys control sequences wherever they
 * come from: they could rewrite the screen, the clipboard or the window's title. Direction controls could make
 * a line read as another. All writing to people goes through here, whoever made the text.
 */

/**
 * Control characters (C0, DEL, and C1: a terminal reads U+009B as ESC [) without newline and tab, the line and
 * paragraph separators, and the direction controls of UAX #9.
 */
const unsafe = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** Without anything that a terminal would obey, newline and tab apart. */
export function plainText(text: string): string {
  return text.replace(unsafe, '')
}

/** For names and handles: they never break a line, whatever is in them. */
export function oneLine(text: string): string {
  return plainText(text.replace(/\s+/g, ' ')).trim()
}

/** Lines after the first are moved right, so that no text can look like a line of the program's own. */
export function indentRest(text: string, columns: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(columns)}`)
}

/** One line of JSON with the same characters written as escapes: nothing is lost, nothing is obeyed. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(
    unsafe,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
