/** How much room a text takes in a terminal: wide scripts and emoji two columns, combining marks none. */
import stringWidth from 'string-width'

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** What a reader sees as characters. */
export function graphemesOf(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment)
}

/** Columns. */
export function width(text: string): number {
  return stringWidth(text)
}

/** As much of a line as fits; what is cut off leaves an ellipsis. */
export function clip(text: string, columns: number): string {
  if (width(text) <= columns) return text
  let kept = ''
  let used = 0
  for (const grapheme of graphemesOf(text)) {
    used += width(grapheme)
    if (used > columns - 1) break
    kept += grapheme
  }
  return columns < 1 ? '' : `${kept}…`
}
