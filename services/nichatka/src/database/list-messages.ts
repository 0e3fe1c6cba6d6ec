import type { Database } from '@veche/service-kit'
import type { MessageId, Nickname, User, UserId } from '../domain.ts'
import { type MessageFilter, type MessageList, maxCount, type Page } from '../store.ts'
import { directionOf, type FoundPage, type PageRow, parameter, select, toList, toPage } from './found-page.ts'
import { type FilteredSource, filteredSource, type ResolvedFilter } from './message-filter.ts'
import { listPlain } from './plain-list.ts'
import { hasOnePlan } from './planned-once.ts'
import { type Reading, readMessages } from './read-messages.ts'
import { searchMessages } from './search-messages.ts'
import { toShown } from './shown-messages.ts'
import { cleanQuery } from './text-query.ts'
import { findUsers } from './users.ts'

/**
 * N10. A box, and what an index of it holds, is one statement, which is planned once. Any other finds the ids of the page, the
 * count and what stands beyond, and what the page shows is read by them.
 */
export async function listMessages(
  reading: Reading,
  user: User,
  filter: MessageFilter,
  page: Page,
): Promise<MessageList> {
  const { database, memory } = reading
  const { query = '', ...resolved } = await resolveFilter(database, user, filter)
  const typed = cleanQuery(query)
  if (typed === '' && hasOnePlan(resolved)) return listPlain(reading, user, resolved, page)
  if (typed !== '') {
    const searched = await searchMessages(database, { user, filter: resolved, typed }, page)
    if (searched) return toList(searched, await toShown(searched.shown, user, memory), page)
  }
  const found = await scanMessages(database, user, { ...resolved, query: typed }, page)
  return toList(found, await readMessages(reading, user, found.ids), page)
}

/** Nobody has this id. */
const noUser = 0n as UserId

async function resolveFilter(
  database: Database,
  { hostId }: User,
  { from, to, ...filter }: MessageFilter,
): Promise<ResolvedFilter> {
  if (from === undefined && to === undefined) return filter
  const named = [from, to].filter((nickname): nickname is Nickname => nickname !== undefined)
  const users = await findUsers(database, hostId, named)
  return {
    ...filter,
    ...(from !== undefined && { from: users.get(from) ?? noUser }),
    ...(to !== undefined && { to: users.get(to) ?? noUser }),
  }
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
  const { rows } = await database.query<PageRow>({ text, values: source.values })
  return toPage(rows[0]!)
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
  const source = filteredSource(user, resolved)
  source.values.push(than ?? 0n)
  const newer = select(source, `> $${source.values.length}::bigint`, 'DESC', String(maxNewer))
  const { rows } = await database.query<{ count: bigint }>(
    `SELECT count(*) FROM (${newer}) newer`,
    source.values,
  )
  return Number(rows[0]!.count)
}
