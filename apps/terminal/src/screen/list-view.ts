/** The left side: the requests and the private chats, and apart from them the groups (M20). */

import type { Request } from '@veche/client'
import { width } from '../text-width.ts'
import { isSelected, type ListItem, type ListSection } from './chat-list.ts'
import { blank, edges, fit, type Line, line, type Size, span, styled } from './line.ts'
import { heightsOf, type PartName, partsOf } from './list-parts.ts'
import { type Look, lookOf, marks } from './look.ts'
import { briefTime, rowText, senderName, titleOf } from './shown-text.ts'
import { divisionOf } from './sizes.ts'
import type { ChatItem, Talk } from './talk-state.ts'
import { typingText } from './typing.ts'
import { wrap } from './wrap.ts'

export function listPane(talk: Talk, size: Size): Line[] {
  return partLayouts(talk, size).flatMap(({ name, lines, height, head }) => {
    const top = topOf(talk, name)
    const seen = lines.slice(top, top + height)
    const missing = Array.from({ length: height - seen.length }, () => blank)
    return [...head, ...seen, ...missing]
  })
}

/** Scrolls the list no further than it must, so that what is selected is seen. */
export function keptInView(talk: Talk): Talk {
  const division = divisionOf(talk)
  if (division.kind !== 'both' && division.kind !== 'list') return talk
  return partLayouts(talk, division.list).reduce((next, part) => withTop(next, part), talk)
}

interface PartLayout extends Layout {
  readonly name: PartName
  /** Above what scrolls. */
  readonly head: readonly Line[]
  readonly height: number
}

function partLayouts(talk: Talk, { columns, rows }: Size): PartLayout[] {
  const look = lookOf(talk)
  const parts = partsOf(talk, rows).map(({ name, sections }) => {
    const head = name === 'groups' ? [line(marks.rule.repeat(columns), { dim: true })] : []
    return { name, head, ...layOut(talk, sections, columns, look) }
  })
  const needed = { chats: 0, groups: 0 }
  for (const { name, head, lines } of parts) needed[name] = head.length + lines.length
  const heights = heightsOf(needed, rows)
  return parts.map((part) => ({ ...part, height: heights[part.name] - part.head.length }))
}

function topOf({ listTop, groupsTop }: Talk, name: PartName): number {
  return name === 'chats' ? listTop : groupsTop
}

function withTop(talk: Talk, { name, lines, first, last, height }: PartLayout): Talk {
  const before = topOf(talk, name)
  const lowest = Math.max(0, lines.length - height)
  const down = Math.max(before, last - height + 1)
  // The heading above the first item is shown with it.
  const wished = first < 0 ? before : first <= 1 ? 0 : Math.min(down, first)
  const top = Math.min(lowest, wished)
  if (top === before) return talk
  return name === 'chats' ? { ...talk, listTop: top } : { ...talk, groupsTop: top }
}

interface Layout {
  readonly lines: readonly Line[]
  /** The rows of what is selected; -1 where it is in the other part. */
  readonly first: number
  readonly last: number
}

function layOut(talk: Talk, sections: readonly ListSection[], columns: number, look: Look): Layout {
  const lines: Line[] = []
  let first = -1
  let last = -1
  for (const section of sections) {
    if (lines.length > 0) lines.push(blank)
    lines.push(headingLine(section, columns, look))
    if (section.items.length === 0) lines.push(...emptyLines(section, columns, look))
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
    groups: words.screen.groups,
  }[kind]
  const unread = items.reduce((sum, item) => sum + callingOf(item), 0)
  const count = kind === 'requests' ? items.length : unread
  const mark = count > 0 ? [span(` ${count} `, { bold: true, colour: 'green' })] : []
  return edges([span(` ${heading}`, { dim: true })], mark, columns)
}

/** What calls for attention: of a muted chat nothing does. */
function callingOf(item: ListItem): number {
  return item.kind === 'chat' && !item.item.muted ? item.item.unread : 0
}

function emptyLines({ kind }: ListSection, columns: number, { words }: Look): Line[] {
  const told = kind === 'groups' ? words.screen.noGroups : words.screen.noChats
  return wrap(told, columns - 2).map((row) => line(` ${row.text}`, { dim: true }))
}

function itemLines(item: ListItem, talk: Talk, columns: number, look: Look): Line[] {
  const isHere = isSelected(item, talk.selected)
  const rows =
    item.kind === 'chat'
      ? chatLines(item.item, talk, isHere, columns, look)
      : [requestLine(item.request, isHere, talk, columns, look)]
  const hasKeys = isHere && talk.focus === 'list' && talk.place === undefined
  return hasKeys ? rows.map((row) => styled(fit(row, columns), { inverse: true, dim: false })) : rows
}

/** "▸Вера П.      09:41" over "  Рассада готова…   3". */
function chatLines(item: ChatItem, talk: Talk, isHere: boolean, columns: number, look: Look): Line[] {
  const { last, unread, mentioned, muted, pinned, verified } = item
  const isNew = unread > 0
  const calls = isNew && (!muted || mentioned > 0)
  const time = last === undefined ? '' : briefTime(last.at, look)
  const name = titleOf(item, look)
  const mark = [
    ...(verified ? [span(` ${marks.verified}`, { colour: 'green' as const })] : []),
    ...(pinned ? [span(` ${marks.pinned}`, { dim: true })] : []),
  ]
  const timeSpans = [span(` ${time} `, { dim: true })]
  const room = columns - width(` ${time} `) - 2 * mark.length - 1
  const shortName = fit([span(name)], Math.min(width(name), Math.max(1, room)))
    .map(({ text }) => text)
    .join('')
  const head = edges(
    [span(isHere ? marks.chosen : ' '), span(shortName, { bold: calls || isHere }), ...mark],
    timeSpans,
    columns,
  )
  const number = `${mentioned > 0 ? '@' : ''}${unread}`
  const quiet = [span(isNew ? ` (${number}) ` : ' ', { dim: true })]
  const count = calls ? [span(` ${number} `, { bold: true, colour: 'green' as const })] : quiet
  const preview = edges([span(` ${previewOf(item, talk, look)}`, { dim: !calls })], count, columns)
  return [head, preview]
}

function previewOf(item: ChatItem, talk: Talk, look: Look): string {
  const { chat, last, type } = item
  const { words } = look
  const typing = typingText(talk, item, look)
  if (typing !== undefined) return typing
  const draft = talk.drafts[chat]?.text.trim() ?? ''
  const isOpen = talk.selected?.kind === 'chat' && talk.selected.chat === chat && talk.focus === 'pane'
  if (draft !== '' && !isOpen) return `${words.screen.draft}: ${rowText(draft)}`
  if (last === undefined) return words.screen.nothingYet
  const text = rowText(last.text.slice(0, 400))
  if (last.from.account !== talk.account.account)
    return type === 'group' ? `${senderName(last.from, talk.account, look)}: ${text}` : text
  const underWay = { waiting: `${marks.waiting} `, 'not-sent': `${marks.notSent} ` }
  const mark = last.state === 'waiting' || last.state === 'not-sent' ? underWay[last.state] : ''
  return `${mark}${words.labels.you}: ${text}`
}

function requestLine(
  { direction, handle, name, status, chat, join }: Request,
  isHere: boolean,
  { chats }: Talk,
  columns: number,
  look: Look,
): Line {
  const { words } = look
  const who = name === undefined ? `@${rowText(handle)}` : `${rowText(name)} (@${rowText(handle)})`
  const mark = span(isHere ? marks.chosen : ' ')
  const group = chats.find((each) => each.chat === chat)
  const into = group === undefined ? '' : ` · ${titleOf(group, look)}`
  if (direction === 'incoming') return [mark, span(who, { bold: true }), span(into)]
  const asked = join ? words.screen.ownJoin : who + into
  return edges([mark, span(asked)], [span(` ${words.screen.askedStates[status]} `, { dim: true })], columns)
}
