/**
 * The page of a list that is searched by its text. First some of what else matches is looked at, in the order of the
 * list: where that fills the page, or is all there is, nothing more is asked. Otherwise what is searched for is rare among
 * this reader's messages, and the index of readers and words gives all of it. Where it cannot, because too many words hold
 * what was typed, every message is looked at.
 */
import type { Database, SqlValue } from '@veche/service-kit'
import type { User } from '../domain.ts'
import type { Page } from '../store.ts'
import { directionOf, type FoundPage, type PageRow, parameter, select, toIds, toPage } from './found-page.ts'
import { type FilteredSource, filteredSource, type ResolvedFilter } from './message-filter.ts'
import { eitherOf, textConditions } from './text-query.ts'

export interface Search {
  readonly user: User
  /** Without its query. */
  readonly filter: ResolvedFilter
  /** Not empty. */
  readonly typed: string
}

/** Undefined where the index does not help. @param maxLooked how many are looked at before the index is asked */
export async function searchMessages(
  database: Database,
  search: Search,
  page: Page,
  maxLooked = 1_000,
): Promise<FoundPage | undefined> {
  const near = await lookNear(database, search, page, maxLooked)
  if (near !== undefined) return near
  const words = await wordsWith(database, search)
  return words && searchIndex(database, search, page, words)
}

interface LookedRow extends Omit<PageRow, 'count'> {
  /** Null where there is more than was looked at. */
  readonly count: bigint | null
}

/** Undefined where the page was not filled, though there is more to look at. */
async function lookNear(
  database: Database,
  { user, filter, typed }: Search,
  { cursor, limit }: Page,
  maxLooked: number,
): Promise<FoundPage | undefined> {
  const source = filteredSource(user, filter)
  const { values } = source
  const { order, onwards, back } = directionOf(cursor, values)
  const matches = eitherOf(textConditions('t', typed, (value, type) => parameter(values, value, type)))
  const isMatch = `EXISTS (SELECT FROM message t WHERE t.host_id = $1 AND t.id = looked.id AND ${matches})`
  const isAll = `(SELECT count(*) FROM newest) < ${maxLooked}`
  const { rows } = await database.query<LookedRow>(
    `WITH newest AS MATERIALIZED (${select(source, '> 0', 'DESC', String(maxLooked))}),
     matching AS MATERIALIZED (SELECT id FROM newest looked WHERE ${isMatch})
     SELECT ARRAY(
         SELECT id FROM (${select(source, onwards, order, String(maxLooked))}) looked WHERE ${isMatch}
         ORDER BY id ${order} LIMIT ${parameter(values, limit + 1, 'integer')}) AS ids,
       CASE WHEN ${isAll} THEN (SELECT count(*) FROM matching) END AS count,
       ${back === undefined ? 'false' : `${isAll} AND EXISTS (SELECT FROM matching WHERE id ${back})`} AS has_before`,
    values,
  )
  const { count, ...page } = rows[0]!
  if (count !== null) return toPage({ ...page, count })
  const ids = toIds(page.ids)
  return ids.length > limit
    ? { ids, count: limit, isCountExact: false, hasBefore: cursor !== undefined }
    : undefined
}

/** For each piece of what was typed: the words that it stands in. */
type Words = readonly (readonly string[])[]

/** With more the index would be slower than looking. */
const maxWords = 1_000

/** Undefined where there are too many. */
async function wordsWith(database: Database, { user, typed }: Search): Promise<Words | undefined> {
  const { rows } = await database.query<{ words: readonly string[] }>({
    name: 'find_words',
    text: `SELECT ARRAY(SELECT word FROM known_word
        WHERE host_id = $1 AND trigrams(word) @> trigrams(piece) AND strpos(word, piece) > 0
        LIMIT ${maxWords + 1}) AS words
      FROM unnest(plain_words($2)) piece`,
    values: [user.hostId, typed],
  })
  const few = rows.map(({ words }) => words).filter((words) => words.length <= maxWords)
  return few.length > 0 ? few : undefined
}

async function searchIndex(
  database: Database,
  { user, filter, typed }: Search,
  { cursor, limit }: Page,
  words: Words,
): Promise<FoundPage> {
  const source = filteredSource(user, filter)
  const { values } = source
  const { order, onwards, back } = directionOf(cursor, values)
  const { rows } = await database.query<PageRow>(
    `WITH candidate AS MATERIALIZED (${candidates(source, typed, words)}),
     found AS MATERIALIZED (${source.selects
       .map(({ id, from }) => `SELECT ${id} AS id FROM ${from} AND ${id} IN (SELECT id FROM candidate)`)
       .join(' UNION ALL ')})
     SELECT ARRAY(SELECT id FROM found WHERE id ${onwards} ORDER BY id ${order}
         LIMIT ${parameter(values, limit + 1, 'integer')}) AS ids,
       (SELECT count(*) FROM found) AS count,
       ${back === undefined ? 'false' : `EXISTS (SELECT FROM found WHERE id ${back})`} AS has_before`,
    values,
  )
  return toPage(rows[0]!)
}

/** $1 is the host, $2 the user. What holds the words in any form, and what holds the pieces and the very text. */
function candidates({ values }: FilteredSource, typed: string, words: Words): string {
  const add = (value: SqlValue, type: string) => parameter(values, value, type)
  const conditions = textConditions('t', typed, add)
  const held = words.map((each) => `plain_words(t.text) && ${add(each, 'text[]')}`)
  const ways = [
    ...(conditions.words === undefined ? [] : [conditions.words]),
    [...held, conditions.part].join(' AND '),
  ]
  return ways
    .map(
      (way) => `SELECT t.id FROM message t
        WHERE t.host_id = $1 AND t.readers && ARRAY[$2::integer, 0] AND ${way}`,
    )
    .join(' UNION ')
}
