/** The conversation: whom it is with, the messages, what just happened, and where one writes. */
import { width } from '../text-width.ts'
import type { Words } from '../words/en.ts'
import { selectedChat } from './chat-list.ts'
import { isWritable } from './chat-standing.ts'
import { isAtEnd } from './conversation.ts'
import { newsRows, rowsInView } from './conversation-rows.ts'
import { blank, edges, fit, type Line, line, type Pane, type Span, span } from './line.ts'
import { type Look, lookOf, marks } from './look.ts'
import { settingOf } from './setting.ts'
import { answerText, rowText, titleOf } from './shown-text.ts'
import { paneSize } from './sizes.ts'
import type { ChatItem, Talk } from './talk-state.ts'
import { emptyField, fieldRows } from './text-field.ts'
import { typingText } from './typing.ts'
import { wrap } from './wrap.ts'

/** Before what is written: a mark, or nothing. */
const writingIndent = 2
const mostWritingRows = 6
/** From so many on, the key to a group's people stands beside their number. */
const columnsForKey = 44

/** Columns that a draft is written in; one is left for the cursor. */
export function writingColumns(talk: Talk): number {
  return Math.max(1, paneSize(talk).columns - writingIndent - 1)
}

/** How many rows the messages have. */
export function messageAreaRows(talk: Talk): number {
  const { rows } = paneSize(talk)
  const head = 2
  const rule = 1
  const told = remarkLines(talk).length + answeringLines(talk).length
  return Math.max(1, rows - head - rule - told - writingRows(talk, rows))
}

function writingRows(talk: Talk, rows: number): number {
  const chat = selectedChat(talk)
  if (chat === undefined) return 1
  if (!isWritable(chat)) return standingLines(talk, chat).length
  const draft = talk.drafts[chat.chat] ?? emptyField
  return Math.min(fieldRows(draft, writingColumns(talk)).rows.length, mostWritingRows, Math.ceil(rows / 3))
}

export function conversationPane(talk: Talk, chat: ChatItem): Pane {
  const look = lookOf(talk)
  const { columns, rows } = paneSize(talk)
  const height = messageAreaRows(talk)
  const messages = messageLines(talk, chat, height, look)
  const above = [
    headLine(chat, columns, look),
    line(marks.rule.repeat(columns), { dim: true }),
    ...Array.from({ length: Math.max(0, height - messages.length) }, () => blank),
    ...messages,
    ...remarkLines(talk),
    belowRule(talk, chat, columns, look),
    ...answeringLines(talk),
  ]
  const writing = writingPane(talk, chat, rows - above.length, look)
  const { cursor } = writing
  return {
    lines: [...above, ...writing.lines],
    ...(cursor && { cursor: { x: cursor.x, y: cursor.y + above.length } }),
  }
}

/** The name never stands here without the handle (attack C11); that of a group with how many are in it. */
function headLine(chat: ChatItem, columns: number, look: Look): Line {
  const { words } = look
  if (chat.type === 'group') {
    const way = columns >= columnsForKey ? ' · Ctrl+P' : ''
    const count = span(` ${words.screen.groupPeople(chat.people)}${way}`, { dim: true })
    return edges([span(titleOf(chat, look), { bold: true })], [count], columns)
  }
  const { verified, with: peer } = chat
  const name: Span = span(rowText(peer.name), { bold: true })
  const handle: Span = span(peer.handle === '' ? '' : `  @${rowText(peer.handle)}`, { dim: true })
  const mark = verified ? [span(` ${marks.verified} ${words.labels.verified}`, { colour: 'green' })] : []
  return edges([name, handle], mark, columns)
}

function messageLines(talk: Talk, chat: ChatItem, height: number, look: Look): readonly Line[] {
  const { conversation } = talk
  const { columns } = paneSize(talk)
  if (conversation?.chat !== chat.chat) return []
  if (conversation.messages.length > 0) {
    return rowsInView(conversation, height, settingOf(talk))
  }
  if (conversation.isFetching) return []
  const { emptyChat, emptyGroup } = look.words.screen
  const told = chat.type === 'group' ? emptyGroup(titleOf(chat, look)) : emptyChat(rowText(chat.with.name))
  const rows = wrap(told, columns).map((row) => line(row.text, { dim: true }))
  return [...rows, ...newsRows(conversation, undefined, settingOf(talk))].slice(-height)
}

/** Who writes is told in the line that is there anyway: nothing moves for it. */
function typingRule(text: string | undefined, columns: number): Line {
  if (text === undefined) return line(marks.rule.repeat(columns), { dim: true })
  const told = span(`${marks.rule.repeat(2)} ${text} ${marks.rule.repeat(columns)}`, { dim: true })
  return fit([told], columns)
}

/** The line above the writing tells what came below while somebody reads above. */
function belowRule(talk: Talk, chat: ChatItem, columns: number, look: Look): Line {
  const { conversation } = talk
  const { words } = look
  const isAbove = conversation !== undefined && !isAtEnd(conversation)
  if (!isAbove) return typingRule(typingText(talk, chat, look), columns)
  const { below } = conversation
  const text = below > 0 ? ` ${words.screen.belowMessages(below)} ` : ` ${words.screen.older} `
  const rest = Math.max(0, columns - width(text) - 2)
  return [
    span(marks.rule.repeat(rest), { dim: true }),
    span(text, below > 0 ? { colour: 'green', bold: true } : { dim: true }),
    span(marks.rule.repeat(2), { dim: true }),
  ]
}

/** What just happened, in full. */
export function remarkLines(talk: Talk): Line[] {
  const { columns, rows } = paneSize(talk)
  if (talk.remark === undefined) return []
  const most = Math.max(1, Math.floor(rows / 4))
  return wrap(talk.remark, columns)
    .slice(0, most)
    .map((row) => line(row.text.trimEnd(), { colour: 'yellow' }))
}

/** What is being answered, above what is written. */
function answeringLines(talk: Talk): Line[] {
  const { conversation } = talk
  if (conversation?.answering === undefined) return []
  const { columns } = paneSize(talk)
  const look = lookOf(talk)
  const told = answerText(
    conversation.answering,
    talk.account,
    look,
    columns - width(look.words.screen.escToDrop) - 3,
  )
  return [
    edges([span(told, { dim: true })], [span(`  ${look.words.screen.escToDrop}`, { dim: true })], columns),
  ]
}

function writingPane(talk: Talk, chat: ChatItem, rows: number, look: Look): Pane {
  if (!isWritable(chat)) return { lines: standingLines(talk, chat).slice(0, rows) }
  const isFocused = talk.focus === 'pane' && talk.place === undefined
  const draft = talk.drafts[chat.chat] ?? emptyField
  const mark = span(isFocused ? '› ' : '  ', { colour: 'green', bold: true })
  if (draft.text === '') {
    const hint = isFocused ? look.words.screen.writeHere : look.words.screen.enterToWrite
    return {
      lines: [[mark, span(hint, { dim: true })]],
      ...(isFocused && { cursor: { x: writingIndent, y: 0 } }),
    }
  }
  const written = fieldRows(draft, writingColumns(talk))
  const top = Math.max(0, Math.min(written.y - rows + 1, written.rows.length - rows))
  const seen = written.rows.slice(top, top + rows)
  return {
    lines: seen.map((row, index) => [index === 0 ? mark : span('  '), span(row.text)]),
    ...(isFocused && { cursor: { x: writingIndent + written.x, y: written.y - top } }),
  }
}

/** Why nothing can be written here, in one sentence. */
function standingLines(talk: Talk, chat: ChatItem): Line[] {
  const { words } = lookOf(talk)
  const { columns } = paneSize(talk)
  const isChanged = chat.type === 'private' && chat.state === 'changed-binding'
  const why = chat.type === 'group' ? whyReadOnly(talk, chat) : standingText(chat, words)
  const sentence = isChanged ? `${words.screen.bindingHere} ${words.screen.enterToSee}` : why
  return wrap(sentence, columns).map((row) => line(row.text.trimEnd(), { colour: 'yellow' }))
}

function standingText({ state }: ChatItem, { notices }: Words): string {
  return state === 'open' || state === 'creating' ? '' : notices[state]
}

function whyReadOnly({ group, language, nowMs }: Talk, chat: ChatItem): string {
  const { words } = lookOf({ language, nowMs })
  if (chat.state === 'removed') return words.screen.whyReadOnly.removed
  const writers = group?.chat === chat.chat ? group.rights.write : 'member'
  return standingText(chat, words) || words.screen.whyReadOnly[writers]
}
