/** A line of the screen as a value: spans of text with their looks. Nothing here knows a terminal. */
import { clip, width } from '../text-width.ts'

/** Of the 16 colours that every terminal has in its own shades; text itself is in the terminal's default. */
export type Colour = 'green' | 'cyan' | 'magenta' | 'blue' | 'yellow' | 'red'

export interface Style {
  readonly bold?: boolean
  /** Quiet: times, previews, hints. */
  readonly dim?: boolean
  /** The row that is chosen. */
  readonly inverse?: boolean
  readonly colour?: Colour
  /** Black on white, whatever the terminal's colours are: for codes to scan. */
  readonly paper?: boolean
}

export interface Span extends Style {
  readonly text: string
}

export type Line = readonly Span[]

export const blank: Line = []

export function span(text: string, style: Style = {}): Span {
  return { text, ...style }
}

export function line(text: string, style: Style = {}): Line {
  return [span(text, style)]
}

export function lineWidth(spans: Line): number {
  return spans.reduce((sum, { text }) => sum + width(text), 0)
}

export function lineText(spans: Line): string {
  return spans.map(({ text }) => text).join('')
}

/** Exactly `columns` wide. */
export function fit(spans: Line, columns: number): Line {
  const fitted: Span[] = []
  let room = columns
  for (const each of spans) {
    const text = clip(each.text, room)
    room -= width(text)
    if (text !== '') fitted.push({ ...each, text })
    if (text !== each.text) break
  }
  if (room > 0) fitted.push(span(' '.repeat(room)))
  return fitted
}

/** `left` and `right` at the two edges; where there is no room for both, `left` is cut. */
export function edges(left: Line, right: Line, columns: number): Line {
  const rest = columns - lineWidth(right)
  return rest < 1 ? fit(left, columns) : [...fit(left, rest), ...right]
}

/** In the middle of a line. */
export function centred(spans: Line, columns: number): Line {
  const before = Math.max(0, Math.floor((columns - lineWidth(spans)) / 2))
  return [span(' '.repeat(before)), ...spans]
}

/** The same text, each span also with `style`. */
export function styled(spans: Line, style: Style): Line {
  return spans.map((each) => ({ ...each, ...style }))
}

/** What the screen shows at one moment: all its rows, and where the next character goes. */
export interface Frame {
  readonly rows: readonly Line[]
  readonly cursor?: Place
}

export interface Place {
  readonly x: number
  readonly y: number
}

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** A part of the screen, of any number of lines up to the rows it was given. */
export interface Pane {
  readonly lines: readonly Line[]
  readonly cursor?: Place
}
