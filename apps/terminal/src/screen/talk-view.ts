/** The whole screen of an account that is there. */
import { selectedChat, selectedRequest } from './chat-list.ts'
import { conversationPane, remarkLines } from './conversation-view.ts'
import { blank, type Frame, fit, type Line, line, type Pane, type Size, span } from './line.ts'
import { listPane } from './list-view.ts'
import { lookOf, marks } from './look.ts'
import { emptyPane, placePane, requestPane } from './place-views.ts'
import { divisionOf, gapColumns } from './sizes.ts'
import { statusLine } from './status-line.ts'
import type { Talk } from './talk-state.ts'

export function talkFrame(talk: Talk): Frame {
  const division = divisionOf(talk)
  switch (division.kind) {
    case 'none':
      return { rows: [line(lookOf(talk).words.screen.tooSmall)] }
    case 'list': {
      const rows = listPane(talk, division.list).map((each) => fit(each, division.list.columns))
      return { rows: [...rows, statusLine(talk)] }
    }
    case 'pane': {
      const pane = filled(rightPane(talk, division.pane), division.pane)
      const rows = pane.lines.map((each): Line => [span(' '), ...each, span(' ')])
      return withCursor([...rows, statusLine(talk)], pane, 1)
    }
    case 'both': {
      const { columns } = division.list
      const list = listPane(talk, division.list)
      const pane = filled(rightPane(talk, division.pane), division.pane)
      const edge = span(` ${marks.edge} `.slice(0, gapColumns), { dim: true })
      const rows = pane.lines.map((each, y): Line => [...fit(list[y] ?? blank, columns), edge, ...each])
      return withCursor([...rows, statusLine(talk)], pane, columns + gapColumns)
    }
    default:
      return division satisfies never
  }
}

function rightPane(talk: Talk, size: Size): Pane {
  if (talk.place !== undefined) return placePane(talk, talk.place, size)
  const chat = selectedChat(talk)
  if (chat !== undefined) return conversationPane(talk, chat)
  const request = selectedRequest(talk)
  const pane = request === undefined ? emptyPane(talk, size) : requestPane(talk, request, size)
  return { ...pane, lines: [...pane.lines, blank, ...remarkLines(talk)] }
}

/** Exactly as many rows as there are, each exactly as wide. */
function filled({ lines, cursor }: Pane, { columns, rows }: Size): Pane {
  const all = Array.from({ length: rows }, (_, y) => fit(lines[y] ?? blank, columns))
  return { lines: all, ...(cursor && cursor.y < rows && { cursor }) }
}

function withCursor(rows: readonly Line[], { cursor }: Pane, x: number): Frame {
  return { rows, ...(cursor && { cursor: { x: cursor.x + x, y: cursor.y } }) }
}
