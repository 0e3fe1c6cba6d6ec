/** The left side: the requests and the private chats, and apart from them the groups (M20). */

import type { Request } from '@veche/client'
import { peerOf } from '../chat-peer.ts'
import { width } from '../text-width.ts'
import { isSelected, type ListItem, type ListSection, sections } from './chat-list.ts'
import { blank, edges, fit, type Line, line, type Size, span, styled } from './line.ts'
import { type Look, lookOf, marks } from './look.ts'
import { briefTime, rowText } from './shown-text.ts'
import { divisionOf } from './sizes.ts'
import type { ChatItem, Talk } from './talk-state.ts'
import { wrap } from './wrap.ts'

/** From so many rows on, there is room for a second row under each chat, and for the groups. */
const roomyRows = 15

export function listPane(talk: Talk, size: Size): Line[] {
  const look = lookOf(talk)
  const groups = size.rows >= roomyRows ? groupLines(size, look) : []
  const height = size.rows - groups.length
  const { lines } = layOut(talk, size.columns, look)
  const seen = lines.slice(talk.listTop, talk.listTop + height)
  const missing = Array.from({ length: height - seen.length }, () => blank)
  return [...seen, ...missing, ...groups]
}

/** Scrolls the list no further than it must, so that what is selected is seen. */
export function keptInView(talk: Talk): Talk {
  const division = divisionOf(talk)
  if (division.kind !== 'both' && division.kind !== 'list') return talk
  const { columns, rows } = division.list
  const look = lookOf(talk)
  const height = rows - (rows >= roomyRows ? groupLines(division.list, look).length : 0)
  const { lines, first, last } = layOut(talk, columns, look)
  const lowest = Math.max(0, lines.length - height)
  const down = Math.max(talk.listTop, last - height + 1)
  // The heading above the first item is shown with it.
  const listTop = Math.min(lowest, first <= 1 ? 0 : Math.min(down, first))
  return listTop === talk.listTop ? talk : { ...talk, listTop }
}

interface Layout {
  readonly lines: readonly Line[]
  /** The rows of what is selected. */
  readonly first: number
  readonly last: number
}

function layOut(talk: Talk, columns: number, look: Look): Layout {
  const lines: Line[] = []
  let first = 0
  let last = 0
  for (const section of sections(talk)) {
    if (lines.length > 0) lines.push(blank)
    lines.push(headingLine(section, columns, look))
    if (section.items.length === 0) lines.push(...emptyLines(columns, look))
    for (const item of section.items) {
      const rows = itemLines(item, talk, columns, look)
      if (isSelected(item, talk.selected)) {
        first = lines.length
        last = first + rows.length - 1
      }
      lines.push(...rows)
    }
  }
  return { lines, first, last }
}

function headingLine({ kind, items }: ListSection, columns: number, { words }: Look): Line {
  const heading = {
    requests: words.screen.requests,
    chats: words.screen.privateChats,
    asked: words.screen.asked,
  }[kind]
  const unread = items.reduce((sum, item) => sum + (item.kind === 'chat' ? item.item.unread : 0), 0)
  const count = kind === 'requests' ? items.length : unread
  const mark = count > 0 ? [span(` ${count} `, { bold: true, colour: 'green' })] : []
  return edges([span(` ${heading}`, { dim: true })], mark, columns)
}

function emptyLines(columns: number, { words }: Look): Line[] {
  return wrap(words.screen.noChats, columns - 2).map((row) => line(` ${row.text}`, { dim: true }))
}

function groupLines({ columns }: Size, { words }: Look): Line[] {
  const rows = wrap(words.screen.noGroups, columns - 2)
  return [
    line(marks.rule.repeat(columns), { dim: true }),
    line(` ${words.screen.groups}`, { dim: true }),
    ...rows.map((row) => line(` ${row.text}`, { dim: true })),
  ]
}

function itemLines(item: ListItem, talk: Talk, columns: number, look: Look): Line[] {
  const isHere = isSelected(item, talk.selected)
  const rows =
    item.kind === 'chat'
      ? chatLines(item.item, talk, isHere, columns, look)
      : [requestLine(item.request, isHere, columns, look)]
  const hasKeys = isHere && talk.focus === 'list' && talk.place === undefined
  return hasKeys ? rows.map((row) => styled(fit(row, columns), { inverse: true, dim: false })) : rows
}

/** "▸Вера П.      09:41" over "  Рассада готова…   3". */
function chatLines(item: ChatItem, talk: Talk, isHere: boolean, columns: number, look: Look): Line[] {
  const { last, unread, verified } = item
  const peer = peerOf(item)
  const isNew = unread > 0
  const time = last === undefined ? '' : briefTime(last.at, look)
  const name = rowText(peer.name) || `@${rowText(peer.handle)}`
  const mark = verified ? [span(` ${marks.verified}`, { colour: 'green' as const })] : []
  const timeSpans = [span(` ${time} `, { dim: true })]
  const room = columns - width(` ${time} `) - (verified ? 2 : 0) - 1
  const shortName = fit([span(name)], Math.min(width(name), Math.max(1, room)))
    .map(({ text }) => text)
    .join('')
  const head = edges(
    [span(isHere ? marks.chosen : ' '), span(shortName, { bold: isNew || isHere }), ...mark],
    timeSpans,
    columns,
  )
  const count = isNew ? [span(` ${unread} `, { bold: true, colour: 'green' as const })] : [span(' ')]
  const preview = edges([span(` ${previewOf(item, talk, look)}`, { dim: !isNew })], count, columns)
  return [head, preview]
}

function previewOf({ chat, last }: ChatItem, talk: Talk, { words }: Look): string {
  const draft = talk.drafts[chat]?.text.trim() ?? ''
  const isOpen = talk.selected?.kind === 'chat' && talk.selected.chat === chat && talk.focus === 'pane'
  if (draft !== '' && !isOpen) return `${words.screen.draft}: ${rowText(draft)}`
  if (last === undefined) return words.screen.nothingYet
  const text = rowText(last.text.slice(0, 400))
  if (last.from.account !== talk.account.account) return text
  const mark = { waiting: `${marks.waiting} `, 'not-sent': `${marks.notSent} `, sent: '' }[last.state]
  return `${mark}${words.labels.you}: ${text}`
}

function requestLine(request: Request, isHere: boolean, columns: number, { words }: Look): Line {
  const { direction, handle, name, status } = request
  const who = name === undefined ? `@${rowText(handle)}` : `${rowText(name)} (@${rowText(handle)})`
  const mark = span(isHere ? marks.chosen : ' ')
  if (direction === 'incoming') return [mark, span(who, { bold: true })]
  return edges([mark, span(who)], [span(` ${words.screen.askedStates[status]} `, { dim: true })], columns)
}
