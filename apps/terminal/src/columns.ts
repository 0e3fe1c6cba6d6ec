/** Rows set in columns, for people. */

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Each cell as wide as the widest of its column, two spaces between, nothing at the end of a line. */
export function columns(rows: readonly (readonly string[])[], indent = 0): string {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, width(cell))
    })
  }
  const lines = rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column]!))
      .join('  ')
      .trimEnd(),
  )
  return lines.map((line) => ' '.repeat(indent) + line).join('\n')
}

function pad(cell: string, columns: number): string {
  return cell + ' '.repeat(columns - width(cell))
}

/** What a reader sees as characters; wide scripts are counted as one each. */
export function width(text: string): number {
  return [...graphemes.segment(text)].length
}
