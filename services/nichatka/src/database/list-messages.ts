import { hash } from 'node:crypto'
import type { Database } from '@veche/service-kit'
import type { MessageId, Nickname, User } from '../domain.ts'
import { type MessageFilter, type MessageList, maxCount, type Page } from '../store.ts'
import { directionOf, type FoundPage, type PageRow, parameter, select, toPage } from './found-page.ts'
import { type FilteredSource, filteredSource, type ResolvedFilter } from './message-filter.ts'
import { readMessages } from './read-messages.ts'
import { searchMessages } from './search-messages.ts'
import { cleanQuery } from './text-query.ts'
import { findUsers } from './users.ts'

/** N10. The ids of the page, the count and what stands beyond are found first, and then what the page shows. */
export async function listMessages(
  database: Database,
  user: User,
  filter: MessageFilter,
  page: Page,
): Promise<MessageList> {
  const resolved = await resolveFilter(database, user, filter)
  if (resolved === undefined) return noMessages
  const { ids, count, isCountExact, hasBefore } = await findPage(database, user, resolved, page)
  const hasBeyond = ids.length > page.limit
  const shown = ids.slice(0, page.limit)
  const backwards = page.cursor?.kind === 'newer'
  return {
    messages: await readMessages(database, user, backwards ? shown.toReversed() : shown),
    count,
    isCountExact,
    hasOlder: backwards ? hasBefore : hasBeyond,
    hasNewer: backwards ? hasBeyond : hasBefore,
  }
}

const noMessages: MessageList = {
  messages: [],
  count: 0,
  isCountExact: true,
  hasOlder: false,
  hasNewer: false,
}

/** Undefined where nothing can match. */
async function resolveFilter(
  database: Database,
  { hostId }: User,
  { from, to, ...filter }: MessageFilter,
): Promise<ResolvedFilter | undefined> {
  if (filter.statuses.length === 0) return undefined
  const named = [from, to].filter((nickname): nickname is Nickname => nickname !== undefined)
  const users = await findUsers(database, hostId, named)
  if (named.some((nickname) => !users.has(nickname))) return undefined
  return {
    ...filter,
    ...(from !== undefined && { from: users.get(from)! }),
    ...(to !== undefined && { to: users.get(to)! }),
  }
}

async function findPage(
  database: Database,
  user: User,
  { query = '', ...filter }: ResolvedFilter,
  page: Page,
): Promise<FoundPage> {
  const typed = cleanQuery(query)
  const searched = typed === '' ? undefined : await searchMessages(database, { user, filter, typed }, page)
  return searched ?? scanMessages(database, user, { ...filter, query: typed }, page)
}

/** One statement, which reads the reader's messages in the order of the list until it has enough. */
async function scanMessages(
  database: Database,
  user: User,
  filter: ResolvedFilter,
  page: Page,
): Promise<FoundPage> {
  const source = filteredSource(user, filter)
  const text = page.cursor === undefined ? firstPage(source, page) : furtherPage(source, page)
  const { values } = source
  const { rows } = await database.query<PageRow>(
    isPlain(filter) ? { name: `list_${hash('sha256', text).slice(0, 32)}`, text, values } : { text, values },
  )
  return toPage(rows[0]!)
}

/**
 * Read from one end of two indexes, whoever asks: planned once, since planning would take longer than reading. Anything
 * else is planned for its values, and has too many forms to be kept.
 */
function isPlain(filter: ResolvedFilter): boolean {
  const { color, priority, from, to, groupId, thread, sinceMs, untilMs, query = '' } = filter
  const others = [color, priority, from, to, groupId, thread, sinceMs, untilMs]
  return query === '' && others.every((each) => each === undefined)
}

/** What is counted begins with the page. */
function firstPage(source: FilteredSource, { limit }: Page): string {
  const lines = parameter(source.values, limit + 1, 'integer')
  return `WITH found AS MATERIALIZED (
      SELECT ARRAY(${select(source, '> 0', 'DESC', `greatest(${lines}, ${maxCount + 1})`)}) AS ids)
    SELECT ids[1:${lines}] AS ids, cardinality(ids)::bigint AS count, false AS has_before FROM found`
}

function furtherPage(source: FilteredSource, { cursor, limit }: Page): string {
  const { values } = source
  const { order, onwards, back = '> 0' } = directionOf(cursor, values)
  const opposite = order === 'DESC' ? 'ASC' : 'DESC'
  return `SELECT
    ARRAY(${select(source, onwards, order, parameter(values, limit + 1, 'integer'))}) AS ids,
    (SELECT count(*) FROM (${select(source, '> 0', 'DESC', String(maxCount + 1))}) counted) AS count,
    EXISTS (${select(source, back, opposite, '1')}) AS has_before`
}

const maxNewer = 100

/** How many match that are newer than this one. */
export async function countNewer(
  database: Database,
  user: User,
  filter: MessageFilter,
  than: MessageId | undefined,
): Promise<number> {
  const resolved = await resolveFilter(database, user, filter)
  if (resolved === undefined) return 0
  const source = filteredSource(user, resolved)
  source.values.push(than ?? 0n)
  const newer = select(source, `> $${source.values.length}::bigint`, 'DESC', String(maxNewer))
  const { rows } = await database.query<{ count: bigint }>(
    `SELECT count(*) FROM (${newer}) newer`,
    source.values,
  )
  return Number(rows[0]!.count)
}
