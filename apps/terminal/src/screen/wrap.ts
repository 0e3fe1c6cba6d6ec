/** Breaks text into rows as a reader expects: at spaces, and inside a word only when it is longer than a row. */
import { graphemesOf, width } from '../text-width.ts'

export interface Row {
  readonly text: string
  /** Where it begins in the whole text. */
  readonly start: number
}

/**
 * Spaces at the end of a row stay in it and may stand over its edge, so that the rows together are the whole text.
 * @param firstColumns of the first row, where something stands before the text; not more than `columns`
 */
export function wrap(text: string, columns: number, firstColumns = columns): Row[] {
  const rows: Row[] = []
  let start = 0
  for (const paragraph of text.split('\n')) {
    rows.push(...wrapParagraph(paragraph, start, columns, rows.length === 0 ? firstColumns : columns))
    start += paragraph.length + 1
  }
  return rows
}

function wrapParagraph(text: string, textStart: number, columns: number, firstColumns: number): Row[] {
  const rows: Row[] = []
  let room = firstColumns
  let row = ''
  let start = textStart
  let used = 0
  let breakable = 0
  for (const grapheme of graphemesOf(text)) {
    const taken = width(grapheme)
    if (grapheme === ' ') {
      row += grapheme
      used += taken
      breakable = row.length
      continue
    }
    if (used + taken > room && row !== '') {
      const whole = breakable > 0 ? row.slice(0, breakable) : row
      rows.push({ text: whole, start })
      start += whole.length
      row = row.slice(whole.length)
      used = width(row)
      breakable = 0
      room = columns
    }
    row += grapheme
    used += taken
  }
  return [...rows, { text: row, start }]
}
