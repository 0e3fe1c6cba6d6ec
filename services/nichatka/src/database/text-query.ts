/**
 * What a person typed, as conditions on a message: all of its words in any form, the last perhaps only begun; or the
 * whole of it as a part of the text in any case. Any input is safe: nothing in it is an operator.
 */
import type { SqlValue } from '@veche/service-kit'

export interface TextConditions {
  /** Undefined where it holds no words. */
  readonly words: string | undefined
  readonly part: string
}

export function textConditions(
  table: string,
  typed: string,
  add: (value: SqlValue, type: string) => string,
): TextConditions {
  const { complete, begun } = splitWords(typed)
  const part = `${table}.text ILIKE ${add(`%${escapeLike(typed)}%`, 'text')}`
  const words = [
    ...(complete === '' ? [] : [`plainto_tsquery('pg_catalog.russian', ${add(complete, 'text')})`]),
    ...(begun === undefined ? [] : [`to_tsquery('pg_catalog.russian', ${add(`${begun}:*`, 'text')})`]),
  ]
  // A select of its own, so that it is read once, and not anew for each message.
  return { words: words.length > 0 ? `${table}.words @@ (SELECT ${words.join(' && ')})` : undefined, part }
}

/** Either is enough. */
export function eitherOf({ words, part }: TextConditions): string {
  return words === undefined ? part : `(${words} OR ${part})`
}

/** What is left of a query; empty: anything matches. PostgreSQL's text has no NUL, so that nothing holds one. */
export function cleanQuery(query: string): string {
  return query.replaceAll('\0', '').trim()
}

/** The last word counts as begun where it is of letters and digits alone, so that no operator is in it. */
function splitWords(typed: string): { readonly complete: string; readonly begun: string | undefined } {
  const begun = /(?:^|\s)([\p{L}\p{N}]+)$/u.exec(typed)?.[1]
  return { complete: begun === undefined ? typed : typed.slice(0, -begun.length).trim(), begun }
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
