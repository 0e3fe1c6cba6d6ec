/** A text that somebody is writing, and where they are in it. The cursor stands between characters as readers see them. */

import { plainText } from '../plain-text.ts'
import { graphemesOf, width } from '../text-width.ts'
import type { Key, KeyName } from './keys.ts'
import { type Row, wrap } from './wrap.ts'

export interface TextField {
  readonly text: string
  /** UTF-16 units before the cursor. */
  readonly cursor: number
}

export const emptyField: TextField = { text: '', cursor: 0 }

/** Far more than any message may have. */
const maxCharacters = 100_000

export function fieldOf(text: string): TextField {
  return { text, cursor: text.length }
}

/** What comes from a keyboard or a clipboard goes the way of all text: nothing in it may command the terminal (C12). */
export function insert({ text, cursor }: TextField, added: string): TextField {
  const clean = plainText(added.replace(/\r\n?/g, '\n').replaceAll('\t', '    ')).slice(
    0,
    Math.max(0, maxCharacters - text.length),
  )
  return { text: text.slice(0, cursor) + clean + text.slice(cursor), cursor: cursor + clean.length }
}

/** For fields of one line: line breaks become spaces. */
export function insertInLine(field: TextField, added: string): TextField {
  return insert(field, added.replace(/[\r\n]+$/, '').replace(/[\r\n]+/g, ' '))
}

/** What any key makes of a field of one line; undefined for a key that has nothing to do with it. */
export function writtenIn(field: TextField, key: Key): TextField | undefined {
  return key.kind === 'key' ? edit(field, key.name, Number.MAX_SAFE_INTEGER) : insertInLine(field, key.text)
}

/** Below that, the search for people would show everybody; and what is secret in a link goes to no server. */
export function isEnoughToFind(text: string): boolean {
  return text.trim().replace(/^@/, '').length >= 2 && !isLink(text)
}

/** Longer than any name that is searched for. */
const leastLinkCharacters = 65

/** Whether somebody means a link, or a part of one, and no handle. */
export function isLink(text: string): boolean {
  return text.includes('://') || text.includes('#') || text.trim().length >= leastLinkCharacters
}

/** What an editing key makes of the field; undefined for a key that does not edit. @param columns of the rows it is shown in */
export function edit(field: TextField, key: KeyName, columns: number): TextField | undefined {
  const { text, cursor } = field
  switch (key) {
    case 'backspace':
      return remove(field, before(text, cursor), cursor)
    case 'delete':
    case 'ctrl+d':
      return remove(field, cursor, after(text, cursor))
    case 'ctrl+w':
    case 'alt+backspace':
      return remove(field, wordBefore(text, cursor), cursor)
    case 'ctrl+u':
      return remove(field, lineStart(text, cursor), cursor)
    case 'ctrl+k':
      return remove(field, cursor, lineEnd(text, cursor))
    case 'left':
      return { text, cursor: before(text, cursor) }
    case 'right':
      return { text, cursor: after(text, cursor) }
    case 'ctrl+left':
    case 'alt+left':
      return { text, cursor: wordBefore(text, cursor) }
    case 'ctrl+right':
    case 'alt+right':
      return { text, cursor: wordAfter(text, cursor) }
    case 'home':
    case 'ctrl+a':
      return { text, cursor: lineStart(text, cursor) }
    case 'end':
    case 'ctrl+e':
      return { text, cursor: lineEnd(text, cursor) }
    case 'up':
      return moveRows(field, -1, columns)
    case 'down':
      return moveRows(field, 1, columns)
    default:
      return undefined
  }
}

export interface FieldRows {
  readonly rows: readonly Row[]
  /** The cursor's row and column in them. */
  readonly y: number
  readonly x: number
}

/** The rows that a field takes, one of which has the cursor. */
export function fieldRows({ text, cursor }: TextField, columns: number): FieldRows {
  const rows = wrap(text, columns)
  const y = rows.findLastIndex(({ start }) => start <= cursor)
  const row = rows[y]!
  return { rows, y, x: Math.min(width(text.slice(row.start, cursor)), columns) }
}

function moveRows(field: TextField, by: number, columns: number): TextField {
  const { rows, y, x } = fieldRows(field, columns)
  const target = rows[y + by]
  if (target === undefined) return { ...field, cursor: by < 0 ? 0 : field.text.length }
  let cursor = target.start
  let used = 0
  for (const grapheme of graphemesOf(target.text)) {
    used += width(grapheme)
    if (used > x) break
    cursor += grapheme.length
  }
  return { ...field, cursor }
}

function remove({ text }: TextField, from: number, to: number): TextField {
  return { text: text.slice(0, from) + text.slice(to), cursor: from }
}

function before(text: string, cursor: number): number {
  return cursor - (graphemesOf(text.slice(lineFloor(text, cursor), cursor)).at(-1)?.length ?? 0)
}

function after(text: string, cursor: number): number {
  return cursor + (graphemesOf(text.slice(cursor, cursor + 200))[0]?.length ?? 0)
}

/** Where segmenting may begin: a long text is not gone through for each key. */
function lineFloor(text: string, cursor: number): number {
  const start = lineStart(text, cursor)
  return start === cursor ? Math.max(0, start - 1) : start
}

function lineStart(text: string, cursor: number): number {
  return cursor === 0 ? 0 : text.lastIndexOf('\n', cursor - 1) + 1
}

function lineEnd(text: string, cursor: number): number {
  const end = text.indexOf('\n', cursor)
  return end < 0 ? text.length : end
}

function wordBefore(text: string, cursor: number): number {
  const word = /[\p{L}\p{N}\p{M}_]+[^\p{L}\p{N}\p{M}_]*$|[^\p{L}\p{N}\p{M}_]+$/u
  return Math.max(0, text.slice(0, cursor).search(word))
}

function wordAfter(text: string, cursor: number): number {
  const word = /^[^\p{L}\p{N}\p{M}_]*[\p{L}\p{N}\p{M}_]*/u.exec(text.slice(cursor))
  return cursor + (word?.[0].length ?? 0)
}
