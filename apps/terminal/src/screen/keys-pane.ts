/** The place that lists the keys. Where the list is longer than the window it moves, and the last line says so. */
import type { Words } from '../words/en.ts'
import { keyRows } from './key-list.ts'
import type { Key } from './keys.ts'
import { type Line, type Pane, type Size, span } from './line.ts'
import { rule, title } from './pane-parts.ts'

const headRows = 2
const page = 10

export function keysPane(top: number, { columns, rows }: Size, words: Words): Pane {
  const all = keyRows(words, columns)
  const room = rows - headRows
  const from = Math.min(top, lastTop(all, rows))
  const isMore = from + room < all.length
  const seen = all.slice(from, from + room - (isMore ? 1 : 0))
  const more: Line[] = isMore ? [[span(`↓ ${words.screen.moreBelow}`, { dim: true })]] : []
  return { lines: [title(words.screen.keys), rule(columns), ...seen, ...more] }
}

/** Where the list begins after a key; undefined after one that does not move it. */
export function topAfter(key: Key, top: number, size: Size, words: Words): number | undefined {
  if (key.kind !== 'key') return undefined
  const last = lastTop(keyRows(words, size.columns), size.rows)
  const to = {
    up: top - 1,
    down: top + 1,
    'page-up': top - page,
    'page-down': top + page,
    home: 0,
    end: last,
  }[key.name as string]
  return to === undefined ? undefined : Math.max(0, Math.min(to, last))
}

function lastTop(all: readonly Line[], rows: number): number {
  return Math.max(0, all.length - (rows - headRows))
}
