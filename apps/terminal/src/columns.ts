/** Rows set in columns, for people. */
import { width } from './text-width.ts'

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
