/**
 * The page of a list that is searched by its text, in at most three steps, each of which is the last where it fills the page
 * or is all there is:
 *
 * 1. Some of what else matches is looked at, in the order of the list. How many match there tells how far a page reaches.
 * 2. The index of readers and words gives what there is that far.
 * 3. The index gives all of it.
 *
 * A page that was filled before everything was seen is exact, and its count is that of its messages at least. Where the index
 * cannot help, because too many words hold what was typed, every message is looked at.
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

/** How many are looked at before the index is asked. */
export interface Looking {
  /** All, where there are fewer than these. */
  readonly all: number
  /** Else the first of them. */
  readonly first: number
}

/** Undefined where the index does not help. */
export async function searchMessages(
  database: Database,
  search: Search,
  page: Page,
  looking: Looking = { all: 1_000, first: 4 * page.limit },
): Promise<FoundPage | undefined> {
  const looked = await lookNear(database, search, page, looking)
  if (looked.kind === 'found') return looked.page
  const words = await wordsWith(database, search)
  if (words === undefined) return undefined
  if (looked.reach !== undefined) {
    const near = filled((await searchIndex(database, search, page, words, looked.reach)).ids, page)
    if (near !== undefined) return near
  }
  return searchIndex(database, search, page, words)
}

/** Undefined where the page is not full. What is before a page that begins somewhere is taken to be there. */
function filled(ids: FoundPage['ids'], { cursor, limit }: Page): FoundPage | undefined {
  if (ids.length <= limit) return undefined
  return { ids, count: limit, isCountExact: false, hasBefore: cursor !== undefined }
}

type Looked =
  | { readonly kind: 'found'; readonly page: FoundPage }
  /** @property reach the id up to which a page of matches is likely to be; undefined where that is not known */
  | { readonly kind: 'more'; readonly reach: bigint | undefined }

interface LookedRow extends Omit<PageRow, 'count'> {
  /** Null where there is more than was looked at. */
  readonly count: bigint | null
  /** Of what was looked at for this page; null where it was nothing. */
  readonly lowest: bigint | null
  readonly highest: bigint | null
}

async function lookNear(
  database: Database,
  { user, filter, typed }: Search,
  page: Page,
  looking: Looking,
): Promise<Looked> {
  const source = filteredSource(user, filter)
  const { values } = source
  const { order, onwards, back } = directionOf(page.cursor, values)
  const matches = eitherOf(textConditions('t', typed, (value, type) => parameter(values, value, type)))
  const isMatch = `EXISTS (SELECT FROM message t WHERE t.host_id = $1 AND t.id = looked.id AND ${matches})`
  const isAll = `(SELECT count(*) FROM newest) < ${looking.all}`
  const first = `(SELECT CASE WHEN ${isAll} THEN ${looking.all} ELSE ${looking.first} END)`
  const { rows } = await database.query<LookedRow>(
    `WITH newest AS MATERIALIZED (${select(source, '> 0', 'DESC', String(looking.all))}),
     near AS MATERIALIZED (${
       back === undefined
         ? `SELECT id FROM newest ORDER BY id DESC LIMIT ${first}`
         : select(source, onwards, order, first)
     }),
     matching AS MATERIALIZED (SELECT id FROM newest looked WHERE ${isMatch})
     SELECT ARRAY(SELECT id FROM near looked WHERE ${isMatch}
         ORDER BY id ${order} LIMIT ${parameter(values, page.limit + 1, 'integer')}) AS ids,
       (SELECT min(id) FROM near) AS lowest, (SELECT max(id) FROM near) AS highest,
       CASE WHEN ${isAll} THEN (SELECT count(*) FROM matching) END AS count,
       ${back === undefined ? 'false' : `${isAll} AND EXISTS (SELECT FROM matching WHERE id ${back})`} AS has_before`,
    values,
  )
  const { count, ...found } = rows[0]!
  if (count !== null) return { kind: 'found', page: toPage({ ...found, count }) }
  const full = filled(toIds(found.ids), page)
  return full ? { kind: 'found', page: full } : { kind: 'more', reach: reachOf(found, page) }
}

/** Twice as far as it would be if all were like what was looked at, in the direction of the page. */
function reachOf(
  { ids, lowest, highest }: Omit<LookedRow, 'count'>,
  { cursor, limit }: Page,
): bigint | undefined {
  if (lowest === null || highest === null || ids.length === 0) return undefined
  const length = ((highest - lowest + 1n) * BigInt(2 * (limit + 1))) / BigInt(ids.length)
  if (cursor?.kind === 'newer') return lowest + length
  return length < highest ? highest - length : undefined
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

/** @param reach only up to there: what is beyond is neither found nor counted */
async function searchIndex(
  database: Database,
  { user, filter, typed }: Search,
  { cursor, limit }: Page,
  words: Words,
  reach?: bigint,
): Promise<FoundPage> {
  const source = filteredSource(user, filter)
  const { values } = source
  const { order, onwards, back } = directionOf(cursor, values)
  const bounds =
    reach === undefined
      ? ''
      : ` AND t.id ${onwards} AND t.id ${order === 'DESC' ? '>' : '<'} ${parameter(values, reach, 'bigint')}`
  // An array, so that each candidate is looked up by itself, whatever PostgreSQL takes their number to be.
  const isCandidate = '= ANY (ARRAY(SELECT id FROM candidate))'
  const { rows } = await database.query<PageRow>(
    `WITH candidate AS MATERIALIZED (${candidates(source, typed, words)}${bounds}),
     found AS MATERIALIZED (${source.selects
       .map(({ id, from }) => `SELECT ${id} AS id FROM ${from} AND ${id} ${isCandidate}`)
       .join(' UNION ALL ')})
     SELECT ARRAY(SELECT id FROM found WHERE id ${onwards} ORDER BY id ${order}
         LIMIT ${parameter(values, limit + 1, 'integer')}) AS ids,
       (SELECT count(*) FROM found) AS count,
       ${back === undefined ? 'false' : `EXISTS (SELECT FROM found WHERE id ${back})`} AS has_before`,
    values,
  )
  return toPage(rows[0]!)
}

/** $1 is the host, $2 the user. What holds the words in any form, or the pieces and the very text. */
function candidates({ values }: FilteredSource, typed: string, words: Words): string {
  const add = (value: SqlValue, type: string) => parameter(values, value, type)
  const conditions = textConditions('t', typed, add)
  const held = words.map((each) => `plain_words(t.text) && ${add(each, 'text[]')}`)
  const part = [...held, conditions.part].join(' AND ')
  const either = conditions.words === undefined ? part : `(${conditions.words} OR ${part})`
  return `SELECT t.id FROM message t
    WHERE t.host_id = $1 AND t.readers && ARRAY[$2::integer, 0] AND ${either}`
}
