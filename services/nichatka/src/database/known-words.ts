/**
 * From what was typed to words that messages hold. Each run of letters and digits stands for the words that it is a part of,
 * and for those that are a form of it: whatever matches what was typed, by its forms or as it stands, holds a word of each.
 */
import type { SqlValue } from '@veche/service-kit'
import { parameter } from './found-page.ts'

/** One run of letters and digits of what was typed, and the words of the host that it stands for. */
export interface Piece {
  readonly piece: string
  /** Too frequent to be looked for by its forms. */
  readonly is_stop: boolean
  /** PostgreSQL's parser sees it as one word, too. */
  readonly is_whole: boolean
  /** Of which it is a part. */
  readonly parts_of: readonly string[]
  /** Of which it may be another form, or the beginning of one. */
  readonly forms: readonly string[]
}

/** With more the index would be slower than looking at messages. */
const maxWords = 1_000

/** A value of a statement: a list of `Piece`. $1 is the host. */
export function piecesOf(values: SqlValue[], typed: string): string {
  const words = (matches: string) =>
    `ARRAY(SELECT word FROM known_word WHERE host_id = $1 AND ${matches} LIMIT ${maxWords + 1})`
  return `(SELECT coalesce(json_agg(each), '[]') FROM (
    SELECT piece, form IS NULL AS is_stop,
      tsvector_to_array(to_tsvector('pg_catalog.simple', piece)) = ARRAY[piece] AS is_whole,
      ${words('trigrams(word) @> trigrams(piece) AND strpos(word, piece) > 0')} AS parts_of,
      ${words(`(to_tsvector('pg_catalog.russian', word) @@ to_tsquery('pg_catalog.russian', piece || ':*')
        OR word >= form AND word < form || chr(1114111))`)} AS forms
    FROM unnest(plain_words(${parameter(values, typed, 'text')})) piece,
      LATERAL (SELECT (tsvector_to_array(to_tsvector('pg_catalog.russian', piece)))[1] AS form) known) each)`
}

/**
 * What an index of words can tell of a search.
 *
 * - `any`: what matches holds one of the words of each list
 * - `apart`: the same of what it is a part of; what holds its forms is to be found by them
 */
export interface KnownWords {
  readonly kind: 'any' | 'apart'
  readonly lists: readonly (readonly string[])[]
}

/** More lists find no less, and each makes another statement. */
const maxLists = 3

/** Undefined where too many words are meant. */
export function toKnownWords(
  pieces: readonly Piece[],
  typed: string,
): KnownWords | { readonly kind: 'nothing' } | undefined {
  const isPlain =
    pieces.every(({ is_whole: isWhole }) => isWhole) &&
    pieces.map(({ piece }) => piece).join(' ') === typed.toLowerCase()
  const lists = isPlain ? listsOfAny(pieces) : pieces.map((piece) => piece.parts_of)
  if (isPlain && lists.some((words) => words.length === 0)) return { kind: 'nothing' }
  const few = lists.filter((words) => words.length <= maxWords).sort((a, b) => a.length - b.length)
  if (few.length === 0) return undefined
  return { kind: isPlain ? 'any' : 'apart', lists: few.slice(0, maxLists) }
}

/** Words that are passed over as to their forms need not be there, unless nothing else was typed. */
function listsOfAny(pieces: readonly Piece[]): readonly (readonly string[])[] {
  const telling = pieces.filter(({ is_stop: isStop }) => !isStop)
  if (telling.length === 0) return pieces.map((piece) => piece.parts_of)
  return telling.map((piece) => [...new Set([...piece.parts_of, ...piece.forms])])
}
