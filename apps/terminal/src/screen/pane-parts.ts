/** What the places on the right side are put together from. */
import { width } from '../text-width.ts'
import { type Frame, type Line, line, type Pane, span } from './line.ts'
import { marks } from './look.ts'
import { fieldRows, type TextField } from './text-field.ts'
import { wrap } from './wrap.ts'

export function title(text: string): Line {
  return line(text, { bold: true })
}

export function rule(columns: number): Line {
  return line(marks.rule.repeat(columns), { dim: true })
}

export function textLines(text: string, columns: number, dim = false): Line[] {
  return wrap(text, columns).map((row) => line(row.text.trimEnd(), { dim }))
}

export function choiceLines(choices: readonly string[], choice: number): Line[] {
  return choices.map((text, index) => {
    const isHere = index === choice
    return [
      span(isHere ? ` ${marks.chosen} ` : '   '),
      span(` ${text} `, { inverse: isHere, bold: isHere, colour: 'green' }),
    ]
  })
}

/** One row of writing; what is longer moves with the cursor. */
export function writtenField(
  field: TextField,
  y: number,
  columns: number,
  prefix = '',
): Pane & Pick<Frame, 'cursor'> {
  const room = Math.max(1, columns - 3 - width(prefix))
  const written = fieldRows(field, room)
  const row = written.rows[written.y]?.text ?? ''
  const before = written.y > 0 ? '‹ ' : '› '
  return {
    lines: [[span(before, { colour: 'green', bold: true }), span(prefix, { dim: true }), span(row)]],
    cursor: { x: 2 + width(prefix) + written.x, y },
  }
}

/** What of a body is seen under a head that stays: moved so that its rows `from` to `to` are in sight. */
export function scrolled<Row>(
  body: readonly Row[],
  { from, to }: { readonly from: number; readonly to: number },
  rows: number,
): { readonly seen: readonly Row[]; readonly hidden: number } {
  const room = Math.max(1, rows)
  const lowest = Math.max(0, body.length - room)
  const hidden = Math.min(lowest, Math.max(0, Math.min(from, to - room + 1)))
  return { seen: body.slice(hidden, hidden + room), hidden }
}
