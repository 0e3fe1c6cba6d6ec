/** A box filtered by nothing or by what an index holds: what a panel shows when it is opened, and again and again afterwards. */
import type { User } from '../domain.ts'
import { type MessageList, maxCount, type Page } from '../store.ts'
import { directionOf, parameter, select, selectViews, toCount, toList } from './found-page.ts'
import { type FilteredSource, filteredSource, type ResolvedFilter } from './message-filter.ts'
import { plannedOnce } from './planned-once.ts'
import type { Reading } from './read-messages.ts'
import { type ShownRow, shownStatement, toShown } from './shown-messages.ts'
import { unreadCount } from './unread-counts.ts'

interface PlainRow extends ShownRow {
  readonly count: bigint
  readonly has_before: boolean
}

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
  const { rows } = await database.query<PlainRow>(plannedOnce({ text, values: source.values }))
  const { count, has_before: hasBefore, ...shown } = rows[0]!
  return toList({ ...toCount(count), hasBefore }, await toShown(shown, user, memory), page)
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

/** In the box of what a user received the counters know it, unless what is hidden is shown too. */
function countOf(source: FilteredSource, { box, statuses, ...others }: ResolvedFilter): string {
  const isWhole = Object.values(others).every((each) => each === undefined)
  if (isWhole && box === 'incoming' && !statuses.includes('hidden')) {
    const counters = [
      '0::bigint',
      statuses.includes('new') && unreadCount,
      statuses.includes('read') && 'u.read_incoming',
    ]
    return `coalesce(${counters.filter(Boolean).join(' + ')}, 0)`
  }
  return `(SELECT count(*) FROM (${select(source, '> 0', 'DESC', String(maxCount + 1))}) counted)`
}
