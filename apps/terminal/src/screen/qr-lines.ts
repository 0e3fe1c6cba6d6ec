/** A code to scan, as rows of the screen. */
import { qrText } from '../qr-text.ts'
import { type Line, line, type Size } from './line.ts'

/** Rows beside the code: its title and what can be chosen. */
const otherRows = 4

/** Undefined where there is no room for it. */
export function qrLines(code: string, { columns, rows }: Size): Line[] | undefined {
  const text = qrText({ qr: code }, { colours: false, columns })
  const lines = text?.split('\n').map((row) => line(row, { paper: true }))
  return lines !== undefined && lines.length <= rows - otherRows ? lines : undefined
}
