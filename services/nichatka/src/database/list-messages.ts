import type { Database } from '@veche/service-kit'
import type { MessageId, User } from '../domain.ts'
import { type MessageFilter, type MessageList, maxCount, type Page } from '../store.ts'
import { type FilteredSource, filteredSource } from './message-filter.ts'
import { readMessages } from './read-messages.ts'

interface FoundPage {
  readonly ids: readonly MessageId[]
  readonly count: bigint
  /** Of a page that begins somewhere: whether anything matches beyond its beginning. */
  readonly has_before: boolean
}

/** N10. The ids of the page, the count and what stands beyond are one statement; what the page shows is another. */
export async function listMessages(
  database: Database,
  user: User,
  filter: MessageFilter,
  { cursor, limit }: Page,
): Promise<MessageList> {
  if (filter.statuses.length === 0) return { messages: [], count: 0, hasOlder: false, hasNewer: false }
  const source = filteredSource(user, filter)
  const { rows } = await database.query<FoundPage>({
    text: pageStatement(source, cursor, limit),
    values: source.values,
  })
  const { ids, count, has_before } = rows[0]!
  const hasBeyond = ids.length > limit
  const shown = ids.slice(0, limit)
  const backwards = cursor?.kind === 'newer'
  return {
    messages: await readMessages(database, user, backwards ? shown.toReversed() : shown),
    count: Number(count),
    hasOlder: backwards ? has_before : hasBeyond,
    hasNewer: backwards ? hasBeyond : has_before,
  }
}

const maxNewer = 100

/** How many match that are newer than this one. */
export async function countNewer(
  database: Database,
  user: User,
  filter: MessageFilter,
  than: MessageId | undefined,
): Promise<number> {
  if (filter.statuses.length === 0) return 0
  const source = filteredSource(user, filter)
  source.values.push(than ?? 0n)
  const newer = select(source, `> $${source.values.length}::bigint`, 'DESC', String(maxNewer))
  const { rows } = await database.query<{ count: bigint }>(
    `SELECT count(*) FROM (${newer}) newer`,
    source.values,
  )
  return Number(rows[0]!.count)
}

function pageStatement(source: FilteredSource, cursor: Page['cursor'], limit: number): string {
  const { values } = source
  const lines = `${parameter(values, limit + 1, 'integer')}`
  const counted = `(SELECT count(*) FROM (${select(source, '> 0', 'DESC', String(maxCount))}) counted) AS count`
  if (cursor === undefined) {
    return `SELECT ARRAY(${select(source, '> 0', 'DESC', lines)}) AS ids, ${counted}, false AS has_before`
  }
  const than = parameter(values, cursor.than, 'bigint')
  const [onwards, back, order] =
    cursor.kind === 'older' ? (['<', '>=', 'DESC'] as const) : (['>', '<=', 'ASC'] as const)
  const opposite = order === 'DESC' ? 'ASC' : 'DESC'
  return `SELECT ARRAY(${select(source, `${onwards} ${than}`, order, lines)}) AS ids, ${counted},
    EXISTS (${select(source, `${back} ${than}`, opposite, '1')}) AS has_before`
}

function parameter(values: FilteredSource['values'], value: number | bigint, type: string): string {
  values.push(value)
  return `$${values.length}::${type}`
}

/** Each place gives its newest in order, and no more than are asked for. */
function select({ selects }: FilteredSource, bound: string, order: 'ASC' | 'DESC', limit: string): string {
  const parts = selects.map(
    ({ id, from }) =>
      `(SELECT ${id} AS id FROM ${from} AND ${id} ${bound} ORDER BY ${id} ${order} LIMIT ${limit})`,
  )
  return parts.length === 1
    ? parts[0]!
    : `SELECT id FROM (${parts.join(' UNION ALL ')}) found ORDER BY id ${order} LIMIT ${limit}`
}
