/** How the messages of a conversation stand in rows, and moving through them by rows. Only what is seen is laid out. */
import type { HistoryGap, Person, ShownMessage } from '@veche/client'
import { gapText } from '../history-gaps.ts'
import { width } from '../text-width.ts'
import { timeOfDay } from '../words/language.ts'
import { answeredBy, type Conversation, type ReadingPlace } from './conversation.ts'
import { newsText } from './group-news.ts'
import { blank, centred, edges, type Line, line, type Span, span } from './line.ts'
import { type Look, marks } from './look.ts'
import { nameColour } from './name-colour.ts'
import { answerText, bodyText, dayText, isSameDay, senderName } from './shown-text.ts'
import { wrap } from './wrap.ts'

export interface Setting {
  readonly columns: number
  readonly own: Person
  readonly look: Look
  /** Names that several people of a group have, folded: there the handle stands with them (attack C11). */
  readonly namesakes: ReadonlySet<string>
  /** What of the chat this device cannot read. */
  readonly gaps: readonly HistoryGap[]
}

/** Messages are set at most this wide: longer lines are hard to read. */
const maxTextColumns = 68
/** "09:41 ✓✓" and the space before it. */
const edgeColumns = 9
const indent = '  '

/** The rows of one message, with the day and the mark of what is new above it where they belong. */
export function messageRows(conversation: Conversation, index: number, setting: Setting): Line[] {
  const { messages, found } = conversation
  const message = messages[index]!
  const before = messages[index - 1]
  const rows: Line[] = []
  if (before === undefined || !isSameDay(before.at, message.at))
    rows.push(...dayRows(message, before, setting))
  if (before === undefined) rows.push(...newsRows(conversation, undefined, setting))
  rows.push(...gapRows(conversation, index, setting))
  if (isFirstNew(conversation, index, setting.own)) rows.push(newRow(setting))
  const isChosen = message.id === found || message.id === conversation.answering?.id
  const answered = message.replyTo && answeredBy(conversation, message.replyTo)
  rows.push(...textRows({ message, answered }, setting, isChosen))
  const after = index === messages.length - 1 ? gapRows(conversation, messages.length, setting) : []
  return [...rows, ...newsRows(conversation, message.id, setting), ...after]
}

/** What cannot be read between a message and the one before it; nobody knows yet what stands before one that is not on hand. */
function gapRows(
  { messages, hasOlder, hasNewer }: Conversation,
  index: number,
  { gaps, columns, look }: Setting,
): Line[] {
  const isOpen = index === 0 ? hasOlder : index === messages.length && hasNewer
  if (gaps.length === 0 || isOpen) return []
  const from = messages[index - 1]?.seq ?? (index === 0 ? 0n : undefined)
  if (from === undefined) return []
  const to = messages[index]?.seq
  return gaps
    .filter(({ first, last }) => last > from && (to === undefined || first < to))
    .flatMap((gap) => wrap(gapText(gap, look.words), columns - indent.length))
    .map((row) => line(indent + row.text.trimEnd(), { dim: true }))
}

/** What changed in the group after a message, quietly. */
export function newsRows(
  { news }: Conversation,
  after: ShownMessage['id'] | undefined,
  { columns, own, look, namesakes }: Setting,
): Line[] {
  return news
    .filter((each) => each.after === after)
    .flatMap((each) => wrap(newsText(each.news, own, look, namesakes), columns - indent.length))
    .map((row) => line(indent + row.text.trimEnd(), { dim: true }))
}

function dayRows({ at }: ShownMessage, before: ShownMessage | undefined, { columns, look }: Setting): Line[] {
  const day = centred(line(dayText(at, look), { dim: true }), columns)
  return before === undefined ? [day] : [blank, day]
}

function newRow({ columns, look }: Setting): Line {
  const text = ` ${look.words.screen.newHere} `
  const before = marks.rule.repeat(2)
  const after = marks.rule.repeat(Math.max(0, columns - width(text) - 2))
  return line(before + text + after, { colour: 'green' })
}

function isFirstNew({ messages, readUpTo }: Conversation, index: number, own: Person): boolean {
  if (readUpTo === undefined) return false
  const isNew = ({ seq, from }: ShownMessage) =>
    seq !== undefined && seq > readUpTo && from.account !== own.account
  const message = messages[index]!
  return isNew(message) && !messages.slice(0, index).some(isNew)
}

function textRows({ message, answered }: Told, setting: Setting, isChosen: boolean): Line[] {
  const { columns, own, look, namesakes } = setting
  const isOwn = message.from.account === own.account
  const name = senderName(message.from, own, look, namesakes)
  const room = Math.min(columns - edgeColumns, maxTextColumns)
  const nameSpan: Span = span(name, {
    bold: true,
    ...(!isOwn && { colour: nameColour(message.from.account) }),
    ...(isChosen && { inverse: true }),
  })
  const after = room - width(name) - 2
  const text = bodyText(message.text)
  const isBeside = after >= 8 && message.replyTo === undefined
  const rows = isBeside
    ? wrap(text, room - indent.length, after).map((row) => row.text)
    : wrapBelow(text, room)
  const [first = '', ...rest] = rows
  const beside: Line =
    message.replyTo === undefined
      ? withNames(`  ${first.trimEnd()}`, message, own)
      : [span(`  ${answerText(answered, own, look, after)}`, { dim: true })]
  return [
    edges([nameSpan, ...beside], edgeOf(message, isOwn, look), columns),
    ...rest.map((row) => withNames(indent + row.trimEnd(), message, own)),
    ...notSentRows(message, look),
  ]
}

/** What a message answers stands beside the name, and its own text below. */
interface Told {
  readonly message: ShownMessage
  /** What it answers, where this device has it. */
  readonly answered: ShownMessage | undefined
}

/** The handles of those whom a message names stand out, the reader's own more. */
function withNames(row: string, { mentions = [] }: ShownMessage, own: Person): Line {
  const named = new Map(mentions.map(({ handle, account }) => [`@${handle}`, account]))
  if (!mentions.some(({ handle }) => row.toLowerCase().includes(`@${handle}`))) return line(row)
  return row.split(/(@[a-z0-9][a-z0-9_.-]{1,30}[a-z0-9])/i).map((part) => {
    const account = named.get(part.toLowerCase())
    if (account === undefined) return span(part)
    return span(part, { bold: true, ...(account === own.account && { colour: 'yellow' }) })
  })
}

function notSentRows({ state }: ShownMessage, { words }: Look): Line[] {
  return state === 'not-sent' ? [line(indent + words.screen.notSent, { colour: 'yellow' })] : []
}

/** Beside a very long name there is no room for text: it begins below. */
function wrapBelow(text: string, room: number): string[] {
  return ['', ...wrap(text, Math.max(1, room - indent.length)).map((row) => row.text)]
}

/** The time, and how far an own message has come; in a group how many have read it. */
function edgeOf({ at, state, readBy }: ShownMessage, isOwn: boolean, { language }: Look): Line {
  const mark = isOwn ? stateMark(state, readBy) : '  '
  return [span(' '), span(`${timeOfDay(language, new Date(at))} ${mark}`, { dim: true })]
}

function stateMark(state: ShownMessage['state'], readBy = 0): string {
  if (readBy > 0) return `${marks.read}${readBy > 9 ? '+' : readBy}`
  const mark = { ...marks, 'not-sent': marks.notSent }[state]
  return mark.padEnd(2)
}

/** The rows that are seen, at most `height`, the lowest last. */
export function rowsInView(conversation: Conversation, height: number, setting: Setting): Line[] {
  let { index, row } = lowestRow(conversation, setting)
  const seen: Line[] = []
  while (index >= 0 && seen.length < height) {
    const rows = messageRows(conversation, index, setting)
    seen.unshift(...rows.slice(0, row + 1))
    index -= 1
    row = Number.POSITIVE_INFINITY
  }
  return seen.slice(-height)
}

/** Where somebody reads after moving by rows, down when positive. The first message is never left behind. */
export function moved(
  conversation: Conversation,
  by: number,
  height: number,
  setting: Setting,
): ReadingPlace {
  const { messages } = conversation
  const countRows = (index: number) => messageRows(conversation, index, setting).length
  let { index, row } = lowestRow(conversation, setting)
  if (index < 0) return { kind: 'end' }
  row += by
  while (row < 0 && index > 0) {
    index -= 1
    row += countRows(index)
  }
  while (row >= countRows(index) && index < messages.length - 1) {
    row -= countRows(index)
    index += 1
  }
  const lowest = lowestFrom(Math.max(0, row), index, height, countRows, messages.length)
  const isLast = lowest.index === messages.length - 1 && lowest.row >= countRows(lowest.index) - 1
  if (isLast) return { kind: 'end' }
  return { kind: 'at', id: messages[lowest.index]!.id, row: lowest.row }
}

/** Not so far up that rows stay empty below the first message's. */
function lowestFrom(
  row: number,
  index: number,
  height: number,
  countRows: (index: number) => number,
  count: number,
): { readonly index: number; readonly row: number } {
  let above = row + 1
  for (let each = index - 1; each >= 0 && above < height; each--) above += countRows(each)
  let missing = height - above
  let lowest = { index, row }
  while (missing > 0) {
    const rest = countRows(lowest.index) - 1 - lowest.row
    if (missing <= rest) return { index: lowest.index, row: lowest.row + missing }
    if (lowest.index === count - 1) return { index: lowest.index, row: lowest.row + rest }
    missing -= rest + 1
    lowest = { index: lowest.index + 1, row: 0 }
  }
  return lowest
}

/** How many rows stand above the view; counted no further than `enough`. */
export function rowsAbove(
  conversation: Conversation,
  height: number,
  enough: number,
  setting: Setting,
): number {
  let { index, row } = lowestRow(conversation, setting)
  let count = row + 1 - height
  while (index > 0 && count < enough) {
    index -= 1
    count += messageRows(conversation, index, setting).length
  }
  return count
}

function lowestRow(conversation: Conversation, setting: Setting): { index: number; row: number } {
  const { messages, place } = conversation
  const at = place.kind === 'at' ? messages.findIndex(({ id }) => id === place.id) : -1
  const index = at >= 0 ? at : messages.length - 1
  if (index < 0) return { index, row: -1 }
  const last = messageRows(conversation, index, setting).length - 1
  return { index, row: at >= 0 && place.kind === 'at' ? Math.min(place.row, last) : last }
}
