/** A box filtered by nothing or by what an index holds: what a panel shows when it is opened, and again and again afterwards. */
import type { User } from '../domain.ts'
import type { MessageList, Page } from '../store.ts'
import {
  directionOf,
  parameter,
  type ShownPageRow,
  select,
  selectViews,
  toList,
  toShownPage,
} from './found-page.ts'
import { countOf } from './list-count.ts'
import { type FilteredSource, filteredSource, type ResolvedFilter } from './message-filter.ts'
import { planned } from './planned-once.ts'
import type { Reading } from './read-messages.ts'
import { shownStatement, toShown } from './shown-messages.ts'

/**
 * One statement, read from one end of two indexes, whoever asks: planned once, since planning would take longer than
 * reading.
 */
export async function listPlain(
  { database, memory }: Reading,
  user: User,
  filter: ResolvedFilter,
  page: Page,
): Promise<MessageList> {
  const source = filteredSource(user, filter)
  const text = statement(source, filter, page)
  const { rows } = await database.query<ShownPageRow>(planned({ text, values: source.values }, filter))
  const { shown, ...found } = toShownPage(rows[0]!)
  return toList(found, await toShown(shown, user, memory), page)
}

function statement(source: FilteredSource, filter: ResolvedFilter, { cursor, limit }: Page): string {
  const { values } = source
  const { order, onwards, back } = directionOf(cursor, values)
  const lines = parameter(values, limit + 1, 'integer')
  const opposite = order === 'DESC' ? 'ASC' : 'DESC'
  const hasBefore = back === undefined ? 'false' : `EXISTS (${select(source, back, opposite, '1')})`
  return shownStatement(
    selectViews(source, onwards, order, lines),
    `${countOf(source, filter)} AS count, ${hasBefore} AS has_before,`,
  )
}
