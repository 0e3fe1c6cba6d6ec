/** What the right side shows besides a conversation; each empty place says what will be here. */

import type { Request } from '@veche/client'
import { personText } from '../message-view.ts'
import { width } from '../text-width.ts'
import { keyRows } from './key-list.ts'
import { blank, type Frame, type Line, line, type Pane, type Size, span } from './line.ts'
import { type Look, lookOf, marks } from './look.ts'
import { settingChoices } from './settings-choices.ts'
import { briefTime, rowText, senderName } from './shown-text.ts'
import type { NewChat, Place, Safety, Search, SettingsPlace, Talk } from './talk-state.ts'
import type { TextField } from './text-field.ts'
import { fieldRows } from './text-field.ts'
import { wrap } from './wrap.ts'

export function placePane(talk: Talk, place: Place, size: Size): Pane {
  const look = lookOf(talk)
  switch (place.kind) {
    case 'new-chat':
      return newChatPane(place, size, look)
    case 'search':
      return searchPane(talk, place, size, look)
    case 'safety':
      return safetyPane(talk, place, size, look)
    case 'settings':
      return settingsPane(talk, place, size, look)
    case 'block':
      return blockPane(place, size, look)
    case 'keys':
      return keysPane(place, size, look)
    default:
      return place satisfies never
  }
}

/** Name, handle, "wants to write to you", and what can be answered: nothing else of theirs. */
export function requestPane(talk: Talk, request: Request, { columns }: Size): Pane {
  const { words } = lookOf(talk)
  if (request.direction === 'outgoing') {
    const told = words.screen.askedTold[request.status](`@${rowText(request.handle)}`)
    return {
      lines: [title(`@${rowText(request.handle)}`), rule(columns), blank, ...textLines(told, columns)],
    }
  }
  const choices = [words.screen.allow, words.screen.refuse, words.screen.block]
  const hasKeys = talk.focus === 'pane'
  return {
    lines: [
      title(words.screen.request),
      rule(columns),
      blank,
      line(rowText(request.name ?? ''), { bold: true }),
      line(`@${rowText(request.handle)}`),
      blank,
      ...textLines(words.screen.wantsToWrite, columns),
      blank,
      ...choiceLines(choices, hasKeys ? talk.choice : -1),
      blank,
      ...(hasKeys ? [] : textLines(words.screen.enterToAnswer, columns, true)),
    ],
  }
}

/** What stands on the right while there is nothing to stand on. */
export function emptyPane(talk: Talk, { columns }: Size): Pane {
  const { words } = lookOf(talk)
  return {
    lines: [
      title(`@${talk.account.handle}`),
      rule(columns),
      blank,
      ...textLines(words.screen.nothingHere, columns),
    ],
  }
}

function newChatPane({ field, isBusy, told }: NewChat, { columns }: Size, { words }: Look): Pane {
  const above = [
    title(words.screen.newChat),
    rule(columns),
    blank,
    ...textLines(words.screen.whoToAsk, columns),
    blank,
  ]
  const asked = writtenField(field, above.length, columns, '@')
  const below = isBusy ? words.screen.asking : (told ?? words.screen.enterToAsk)
  return {
    ...asked,
    lines: [...above, ...asked.lines, blank, ...textLines(below, columns, told === undefined)],
  }
}

function searchPane(talk: Talk, { field, found, choice, isBusy }: Search, size: Size, look: Look): Pane {
  const { words } = look
  const { columns, rows } = size
  const above = [title(words.screen.search), rule(columns), blank]
  const asked = writtenField(field, above.length, columns)
  const head = [...above, ...asked.lines, blank]
  if (isBusy) return { ...asked, lines: [...head, ...textLines(words.screen.searching, columns, true)] }
  if (found === undefined)
    return { ...asked, lines: [...head, ...textLines(words.screen.searchHere, columns, true)] }
  if (found.length === 0)
    return { ...asked, lines: [...head, ...textLines(words.says.nothingFound, columns)] }
  const room = Math.max(1, Math.floor((rows - head.length) / 2))
  const top = Math.max(0, Math.min(choice - Math.floor(room / 2), found.length - room))
  const results = found.slice(top, top + room).flatMap((message, index) => {
    const isHere = top + index === choice
    const peer = talk.chats.find(({ chat }) => chat === message.chat)?.with
    const from = senderName(message.from, talk.account, look)
    const where = peer === undefined ? '' : `@${rowText(peer.handle)} · `
    const heading = [
      span(isHere ? `${marks.chosen} ` : '  '),
      span(where + briefTime(message.at, look), { dim: !isHere, bold: isHere }),
    ]
    const text = excerpt(message.text, field.text, columns - width(from) - 6)
    return [heading, [span('  '), span(from, { bold: true }), span(`  ${text}`, { inverse: isHere })]]
  })
  return { ...asked, lines: [...head, ...results] }
}

/** The part of a text that has what was sought. */
function excerpt(text: string, sought: string, columns: number): string {
  const flat = rowText(text)
  const at = flat.toLowerCase().indexOf(sought.trim().toLowerCase())
  const from = at > columns / 2 ? at - Math.floor(columns / 3) : 0
  return from === 0 ? flat : `…${flat.slice(from)}`
}

const groupsInLine = 4

function safetyPane(talk: Talk, { compared, choice }: Safety, { columns }: Size, { words }: Look): Pane {
  const above = [title(words.screen.safety), rule(columns), blank]
  if (compared === undefined) return { lines: above }
  const groups = compared.safetyNumber.split(' ')
  const rows = [0, 4, 8].map((start) =>
    line(`    ${groups.slice(start, start + groupsInLine).join('  ')}`, { bold: true }),
  )
  const mark = compared.verified
    ? [line(`${marks.verified} ${words.screen.isVerified}`, { colour: 'green' })]
    : []
  const choices = [compared.verified ? words.screen.unverify : words.screen.verify, words.screen.back]
  return {
    lines: [
      ...above,
      ...textLines(words.screen.compare(personText(compared)), columns),
      blank,
      ...rows,
      blank,
      ...mark,
      ...(compared.verified ? [blank] : []),
      ...choiceLines(choices, choice),
      ...(talk.remark === undefined ? [] : [blank, ...textLines(talk.remark, columns)]),
    ],
  }
}

function settingsPane(
  talk: Talk,
  { settings, choice }: SettingsPlace,
  { columns }: Size,
  { words }: Look,
): Pane {
  const headings = {
    acceptance: words.screen.whoMayWrite,
    visibility: words.screen.visibility,
    language: words.screen.language,
  }
  const rows = settingChoices(talk).flatMap(({ group, text, isOn }, index, all) => {
    const isFirst = all[index - 1]?.group !== group
    const mark = settings === undefined && group !== 'language' ? ' ' : isOn ? marks.on : marks.off
    const isHere = index === choice
    const row: Line = [
      span(isHere ? ` ${marks.chosen} ` : '   '),
      span(`${mark} ${text}`, { bold: isOn, inverse: isHere }),
    ]
    return isFirst ? [blank, line(headings[group], { dim: true }), row] : [row]
  })
  const { handle, name, server } = talk.account
  const who = [blank, line(`${rowText(name)}  @${rowText(handle)}  ${rowText(server)}`, { dim: true })]
  const told = talk.remark === undefined ? [] : [blank, ...textLines(talk.remark, columns)]
  return { lines: [title(words.screen.settings), rule(columns), ...rows, ...who, ...told] }
}

function blockPane(
  { handle, choice }: Extract<Place, { kind: 'block' }>,
  { columns }: Size,
  { words }: Look,
): Pane {
  return {
    lines: [
      title(words.screen.block),
      rule(columns),
      blank,
      ...textLines(words.screen.blockTold(`@${rowText(handle)}`), columns),
      blank,
      ...choiceLines([words.screen.block, words.screen.back], choice),
    ],
  }
}

function keysPane({ top }: Extract<Place, { kind: 'keys' }>, { columns, rows }: Size, { words }: Look): Pane {
  const all = keyRows(words, columns)
  const room = rows - 2
  const from = Math.min(top, Math.max(0, all.length - room))
  return { lines: [title(words.screen.keys), rule(columns), ...all.slice(from, from + room)] }
}

function title(text: string): Line {
  return line(text, { bold: true })
}

function rule(columns: number): Line {
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
