/** How the screen is divided: a third for the lists, the rest for the conversation; one of them where it is narrow. */
import type { Size } from './line.ts'
import type { Talk } from './talk-state.ts'

export type Division =
  | { readonly kind: 'both'; readonly list: Size; readonly pane: Size }
  | { readonly kind: 'list'; readonly list: Size }
  | { readonly kind: 'pane'; readonly pane: Size }
  /** Too small for anything. */
  | { readonly kind: 'none' }

const bothFrom = 60
const leastColumns = 24
const leastRows = 8
const widestList = 40
/** The line between the two, and a space on each side of the conversation. */
export const gapColumns = 3

export function divisionOf({
  size,
  focus,
  isAlone,
  place,
}: Pick<Talk, 'size' | 'focus' | 'isAlone' | 'place'>): Division {
  const { columns } = size
  if (columns < leastColumns || size.rows < leastRows) return { kind: 'none' }
  const rows = size.rows - 1 // the status line's
  if (columns >= bothFrom && !isAlone) {
    const list = Math.min(Math.floor(columns / 3), widestList)
    return {
      kind: 'both',
      list: { columns: list, rows },
      pane: { columns: columns - list - gapColumns, rows },
    }
  }
  const whole = { columns: columns - 2, rows }
  const isList = focus === 'list' && place === undefined && !isAlone
  return isList ? { kind: 'list', list: { columns, rows } } : { kind: 'pane', pane: whole }
}

/** The conversation's part, also while it is not seen. */
export function paneSize(talk: Pick<Talk, 'size' | 'focus' | 'isAlone' | 'place'>): Size {
  const division = divisionOf(talk)
  if (division.kind === 'both' || division.kind === 'pane') return division.pane
  return { columns: Math.max(1, talk.size.columns - 2), rows: Math.max(1, talk.size.rows - 1) }
}
