/** A box as it is, filtered by status alone: what a panel shows when it is opened, and again and again afterwards. */
import { hash } from 'node:crypto'
import type { Database } from '@veche/service-kit'
import type { User } from '../domain.ts'
import { type MessageFilter, type MessageList, maxCount, type Page } from '../store.ts'
import { directionOf, parameter, select, selectViews, toCount, toList } from './found-page.ts'
import { type FilteredSource, filteredSource } from './message-filter.ts'
import { type ShownRow, shownColumns, toMessages } from './shown-messages.ts'
import { toUnread, unreadCounts } from './unread-counts.ts'

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
  database: Database,
  user: User,
  { box, statuses }: PlainFilter,
  page: Page,
): Promise<MessageList> {
  const source = filteredSource(user, { box, statuses })
  const text = statement(source, { box, statuses }, page)
  const name = `list_${hash('sha256', text).slice(0, 32)}`
  const { rows } = await database.query<PlainRow>({ name, text, values: source.values })
  const { count, has_before: hasBefore, ...shown } = rows[0]!
  const messages = toMessages(shown)
  return toList({ ...toCount(count), hasBefore }, { messages, unread: toUnread(shown.unread) }, page)
}

function statement(source: FilteredSource, filter: PlainFilter, { cursor, limit }: Page): string {
  const { values } = source
  const { order, onwards, back } = directionOf(cursor, values)
  const lines = parameter(values, limit + 1, 'integer')
  const opposite = order === 'DESC' ? 'ASC' : 'DESC'
  return `WITH page AS MATERIALIZED (${selectViews(source, onwards, order, lines)})
    SELECT ${countOf(source, filter)} AS count,
      ${back === undefined ? 'false' : `EXISTS (${select(source, back, opposite, '1')})`} AS has_before, ${shownColumns}`
}

/** Those that are new are counted already, unless they are only those that the reader sent. */
function countOf(source: FilteredSource, { box, statuses }: PlainFilter): string {
  if (box === 'outgoing' || !statuses.includes('new')) return counted(source)
  if (statuses.length === 1) return unreadCount
  const [deliveries] = source.selects
  const handled = { ...deliveries!, from: `${deliveries!.from} AND d.status <> 0` }
  return `${unreadCount} + ${counted({ ...source, selects: [handled] })}`
}

function counted(source: FilteredSource): string {
  return `(SELECT count(*) FROM (${select(source, '> 0', 'DESC', String(maxCount + 1))}) counted)`
}

const unreadCount = `(SELECT coalesce(sum(new), 0) FROM app_user u JOIN host h ON h.id = u.host_id, unnest(${unreadCounts}) new
  WHERE u.host_id = $1 AND u.id = $2)`
