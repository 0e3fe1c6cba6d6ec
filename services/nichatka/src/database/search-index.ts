/** The index of readers, words and stretches of ids: what a search finds in it. */
import type { Database, SqlValue } from '@veche/service-kit'
import type { Page } from '../store.ts'
import type { Search } from './first-look.ts'
import { directionOf, parameter, type ShownPage, type ShownPageRow, toShownPage } from './found-page.ts'
import type { KnownWords } from './known-words.ts'
import { type FilteredSource, filteredSource, viewNames } from './message-filter.ts'
import { planned } from './planned-once.ts'
import { shownStatement } from './shown-messages.ts'
import { eitherOf, textConditions } from './text-query.ts'

/** @param stretches only what they hold: what is beyond is neither found nor counted */
export async function searchIndex(
  database: Database,
  { user, filter, typed }: Search,
  { cursor, limit }: Page,
  words: KnownWords,
  stretches?: readonly bigint[],
): Promise<ShownPage> {
  const source = filteredSource(user, filter)
  const { values } = source
  const { order, onwards, back } = directionOf(cursor, values)
  const lines = parameter(values, limit + 1, 'integer')
  const text = shownStatement(
    `SELECT * FROM found WHERE id ${onwards} ORDER BY id ${order} LIMIT ${lines}`,
    `(SELECT count(*) FROM found) AS count,
     ${back === undefined ? 'false' : `EXISTS (SELECT FROM found WHERE id ${back})`} AS has_before,`,
    `candidate AS MATERIALIZED (${candidates(values, typed, words, stretches)}),
     found AS MATERIALIZED (${viewsOf(source)}),`,
  )
  const { rows } = await database.query<ShownPageRow>(planned({ text, values }, filter))
  return toShownPage(rows[0]!)
}

/** Each candidate is looked up by itself: for all of them at once PostgreSQL may read all rows of the user. */
function viewsOf({ selects }: FilteredSource): string {
  const each = selects.map(({ id, from, view }) => `SELECT ${view} FROM ${from} AND ${id} = candidate.id`)
  return `SELECT candidate.id, view.* FROM candidate
    CROSS JOIN LATERAL (${each.join(' UNION ALL ')}) view (${viewNames})`
}

/** $1 is the host, $2 the user. */
function candidates(
  values: SqlValue[],
  typed: string,
  known: KnownWords,
  stretches: readonly bigint[] | undefined,
): string {
  const add = (value: SqlValue, type: string) => parameter(values, value, type)
  const near = stretches === undefined ? '' : ` AND stretches(t.id) && ${add(stretches, 'bigint[]')}`
  const some = `SELECT t.id FROM message t WHERE t.host_id = $1 AND t.readers && ARRAY[$2::integer, 0]${near}`
  const held = known.lists.map((each) => `plain_words(t.text) && ${add(each, 'text[]')}`).join(' AND ')
  const conditions = textConditions('t', typed, add)
  if (known.kind === 'any') return `${some} AND ${held} AND ${eitherOf(conditions)}`
  const parts = `${some} AND ${held} AND ${conditions.part}`
  return conditions.words === undefined ? parts : `${some} AND ${conditions.words} UNION ${parts}`
}
