/** The first step of a search: what stands nearest is read and compared, since much of what is searched for is there. */
import type { Database } from '@veche/service-kit'
import type { User } from '../domain.ts'
import type { Page } from '../store.ts'
import { directionOf, parameter, type ShownPage, select, selectViews, toShownPage } from './found-page.ts'
import { type KnownWords, type Piece, piecesOf, toKnownWords } from './known-words.ts'
import { countOf } from './list-count.ts'
import { filteredSource, type ResolvedFilter } from './message-filter.ts'
import { planned } from './planned-once.ts'
import { type ShownRow, shownStatement, userAndHost } from './shown-messages.ts'
import { stretchesOf } from './stretches.ts'
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

export type Looked =
  | { readonly kind: 'found'; readonly page: ShownPage }
  | {
      readonly kind: 'more'
      /** Undefined where too many are meant. */
      readonly words: KnownWords | undefined
      /** Where a page of matches is likely to be; undefined where that is not known. */
      readonly stretches: readonly bigint[] | undefined
    }

interface LookedRow extends ShownRow {
  /** Null where there is more than was looked at. */
  readonly count: bigint | null
  readonly has_before: boolean
  /** Of what was looked at for this page; null where it was nothing. */
  readonly lowest: bigint | null
  readonly highest: bigint | null
  /** Null where the page was found. */
  readonly pieces: readonly Piece[] | null
}

export async function lookNear(
  database: Database,
  { user, filter, typed }: Search,
  page: Page,
  looking: Looking,
): Promise<Looked> {
  const source = filteredSource(user, filter)
  const { values } = source
  const { order, onwards, back } = directionOf(page.cursor, values)
  const limit = parameter(values, page.limit, 'integer')
  const matches = eitherOf(textConditions('t', typed, (value, type) => parameter(values, value, type)))
  // Not EXISTS, for which PostgreSQL may read all messages: a plan that is made while there are none stays for a while.
  const isMatch = `(SELECT ${matches} FROM message t WHERE t.host_id = $1 AND t.id = looked.id)`
  const isAll = '(SELECT is_all FROM size)'
  const first = `(SELECT CASE WHEN is_all THEN ${looking.all} ELSE ${parameter(values, looking.first, 'integer')} END FROM size)`
  const text = shownStatement(
    `SELECT * FROM near looked WHERE ${isMatch} ORDER BY id ${order} LIMIT ${limit} + 1`,
    `CASE WHEN ${isAll} THEN (SELECT count(*) FROM matching) END AS count,
     ${back === undefined ? 'false' : `${isAll} AND EXISTS (SELECT FROM matching WHERE id ${back})`} AS has_before,
     (SELECT min(id) FROM near) AS lowest, (SELECT max(id) FROM near) AS highest,
     CASE WHEN NOT ${isAll} AND (SELECT count(*) FROM page) <= ${limit} THEN ${piecesOf(values, typed)} END AS pieces,`,
    `size AS MATERIALIZED (SELECT ${countOf(source, filter)} < ${looking.all} AS is_all FROM ${userAndHost}),
     near AS MATERIALIZED (${selectViews(source, onwards, order, first)}),
     matching AS MATERIALIZED (
       SELECT id FROM (${select(source, '> 0', 'DESC', String(looking.all))}) looked WHERE ${isMatch}),`,
  )
  const { rows } = await database.query<LookedRow>(planned({ text, values }, filter))
  return toLooked(rows[0]!, typed, page)
}

function toLooked(row: LookedRow, typed: string, page: Page): Looked {
  if (row.count !== null) return { kind: 'found', page: toShownPage({ ...row, count: row.count }) }
  const looked = toShownPage({ ...row, count: 0n })
  const full = filled(looked, page)
  if (full) return { kind: 'found', page: full }
  const words = toKnownWords(row.pieces!, typed)
  if (words?.kind === 'nothing') return { kind: 'found', page: looked }
  return { kind: 'more', words, stretches: reachOf(row, page) }
}

/** Undefined where the page is not full. What is before a page that begins somewhere is taken to be there. */
export function filled(found: ShownPage, { cursor, limit }: Page): ShownPage | undefined {
  if (found.shown.page.id.length <= limit) return undefined
  return { ...found, count: limit, isCountExact: false, hasBefore: cursor !== undefined }
}

/** Twice as far as it would be if all were like what was looked at, in the direction of the page. */
function reachOf({ page: { id: ids }, lowest, highest }: LookedRow, { cursor, limit }: Page) {
  if (lowest === null || highest === null || ids.length === 0) return undefined
  const length = ((highest - lowest + 1n) * BigInt(2 * (limit + 1))) / BigInt(ids.length)
  if (cursor?.kind === 'newer') return stretchesOf(lowest, lowest + length)
  return length < highest ? stretchesOf(highest - length, highest) : undefined
}
