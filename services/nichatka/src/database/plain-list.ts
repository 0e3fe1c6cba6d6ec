/** A box as it is, filtered by status alone: what a panel shows when it is opened, and again and again afterwards. */
import { hash } from 'node:crypto'
import type { User } from '../domain.ts'
import { type MessageFilter, type MessageList, maxCount, type Page } from '../store.ts'
import { directionOf, parameter, select, selectViews, toCount, toList } from './found-page.ts'
import { type FilteredSource, filteredSource } from './message-filter.ts'
import type { Reading } from './read-messages.ts'
import { type ShownRow, shownStatement, toShown } from './shown-messages.ts'
import { unreadCount } from './unread-counts.ts'

type PlainFilter = Pick<MessageFilter, 'box' | 'statuses'>

export function isPlain({ box: _box, statuses: _statuses, query = '', ...others }: MessageFilter): boolean {
  return query === '' && Object.values(others).every((each) => each === undefined)
}

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
  { box, statuses }: PlainFilter,
  page: Page,
): Promise<MessageList> {
  const source = filteredSource(user, { box, statuses })
  const text = statement(source, { box, statuses }, page)
  const name = `list_${hash('sha256', text).slice(0, 32)}`
  const { rows } = await database.query<PlainRow>({ name, text, values: source.values })
  const { count, has_before: hasBefore, ...shown } = rows[0]!
  return toList({ ...toCount(count), hasBefore }, await toShown(shown, user, memory), page)
}

function statement(source: FilteredSource, filter: PlainFilter, { cursor, limit }: Page): string {
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
function countOf(source: FilteredSource, { box, statuses }: PlainFilter): string {
  if (box === 'incoming' && !statuses.includes('hidden')) {
    const counters = [
      '0::bigint',
      statuses.includes('new') && unreadCount,
      statuses.includes('read') && 'u.read_incoming',
    ]
    return `coalesce(${counters.filter(Boolean).join(' + ')}, 0)`
  }
  return `(SELECT count(*) FROM (${select(source, '> 0', 'DESC', String(maxCount + 1))}) counted)`
}
