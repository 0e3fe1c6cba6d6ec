/** What people wrote, made fit for the screen (attack C12), and times as people say them. */
import type { ChatSummary, Person, ShownMessage } from '@veche/client'
import { oneLine, plainText } from '../plain-text.ts'
import { clip, graphemesOf } from '../text-width.ts'
import { dateFormat, type Language, timeOfDay } from '../words/language.ts'
import { type Look, marks } from './look.ts'

/** More marks on one letter than any language has: they would be drawn over other rows. */
const maxUnitsInGrapheme = 32
const heaped = /\p{M}{8}/u

/** A message's text: line breaks stay, nothing else that a terminal would obey. */
export function bodyText(text: string): string {
  const plain = plainText(text.replace(/\r\n?/g, '\n').replaceAll('\t', '    ')).trimEnd()
  if (!heaped.test(plain)) return plain
  return graphemesOf(plain)
    .map((grapheme) => grapheme.slice(0, maxUnitsInGrapheme))
    .join('')
}

/** For one row. */
export function rowText(text: string): string {
  return bodyText(oneLine(text))
}

/** What a chat is called: the other's name, else the handle; of a group its name. */
export function titleOf(chat: ChatSummary, { words }: Pick<Look, 'words'>): string {
  if (chat.type === 'group') return rowText(chat.name) || words.screen.nameless
  return rowText(chat.with.name) || `@${rowText(chat.with.handle)}`
}

/**
 * The name before a message. Nobody else appears under the reader's own name, or as "You": then the handle, which
 * nobody else can have, stands with it (attack C11). So it does for a name that several people of a group have.
 * @param namesakes folded
 */
export function senderName(
  from: Person,
  own: Person,
  { words }: Look,
  namesakes: ReadonlySet<string> = nobody,
): string {
  if (from.account === own.account) return words.labels.you
  const name = rowText(from.name)
  const handle = `@${rowText(from.handle)}`
  if (name === '') return handle
  const plain = folded(name)
  const isTaken = [words.labels.you, own.name, own.handle].some((taken) => folded(taken) === plain)
  return (isTaken || namesakes.has(plain)) && from.handle !== '' ? `${name} (${handle})` : name
}

/** "↳ Anna: Who waters?", in one row of at most so many columns; of no message, that it is not here. */
export function answerText(
  message: ShownMessage | undefined,
  own: Person,
  look: Look,
  columns: number,
): string {
  const { notHere } = look.words.screen
  const said = message && `${senderName(message.from, own, look)}: ${rowText(message.text.slice(0, 400))}`
  return clip(`${marks.answers} ${said ?? notHere}`, columns)
}

const nobody: ReadonlySet<string> = new Set()
const namesakesOf = new WeakMap<readonly Person[], ReadonlySet<string>>()

/** The names that several of these people have, folded. */
export function sharedNames(people: readonly Person[]): ReadonlySet<string> {
  const known = namesakesOf.get(people)
  if (known !== undefined) return known
  const seen = new Set<string>()
  const shared = new Set(people.map(({ name }) => folded(name)).filter((name) => !isNew(seen, name)))
  namesakesOf.set(people, shared)
  return shared
}

function isNew(seen: Set<string>, name: string): boolean {
  return seen.size < seen.add(name).size
}

function folded(name: string): string {
  return rowText(name).normalize('NFKC').toLowerCase()
}

/** "09:41" today, "yesterday", "18 November", "18.11.2024". */
export function briefTime(at: number, { words, language, nowMs }: Look): string {
  const days = daysBetween(at, nowMs)
  if (days === 0) return timeOfDay(language, new Date(at))
  if (days === 1) return words.screen.yesterday
  const isSameYear = new Date(at).getFullYear() === new Date(nowMs).getFullYear()
  return dateFormat(
    localeOf(language),
    isSameYear ? { day: 'numeric', month: 'short' } : { dateStyle: 'short' },
  ).format(at)
}

/** "today", "yesterday", "18 November", "18 November 2024". */
export function dayText(at: number, { words, language, nowMs }: Look): string {
  const days = daysBetween(at, nowMs)
  if (days === 0) return words.screen.today
  if (days === 1) return words.screen.yesterday
  const isSameYear = new Date(at).getFullYear() === new Date(nowMs).getFullYear()
  return dateFormat(localeOf(language), {
    day: 'numeric',
    month: 'long',
    ...(!isSameYear && { year: 'numeric' }),
  }).format(at)
}

/** "18 November": the day before the month, as in the other language. */
function localeOf(language: Language): string {
  return language === 'en' ? 'en-GB' : language
}

export function isSameDay(one: number, other: number): boolean {
  return daysBetween(one, other) === 0
}

/** Of the local calendar. */
function daysBetween(earlier: number, later: number): number {
  return dayNumber(later) - dayNumber(earlier)
}

function dayNumber(at: number): number {
  const date = new Date(at)
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000)
}
