/** A page of a list, as far as its ids go. */
import type { SqlValue } from '@veche/service-kit'
import type { MessageId } from '../domain.ts'
import { type MessageList, maxCount, type Page } from '../store.ts'
import type { FilteredSource, SourceSelect } from './message-filter.ts'
import type { ShownMessages, ShownRow } from './shown-messages.ts'

export interface FoundPage {
  /** In the direction of the page, one more than asked for where there is more. */
  readonly ids: readonly MessageId[]
  readonly count: number
  /** Whether those are all. */
  readonly isCountExact: boolean
  /** Of a page that begins somewhere: whether anything matches beyond its beginning. */
  readonly hasBefore: boolean
}

/** The same, with all that is shown of it. */
export interface ShownPage extends Omit<FoundPage, 'ids'> {
  readonly shown: ShownRow
}

/** As the statements that find a page answer. */
export interface PageRow {
  /** The driver gives lists of int8 as text. */
  readonly ids: readonly string[]
  readonly count: bigint
  readonly has_before: boolean
}

/** The same of a page with what is shown of it. */
export interface ShownPageRow extends ShownRow {
  readonly count: bigint
  readonly has_before: boolean
}

export function toShownPage({ count, has_before: hasBefore, ...shown }: ShownPageRow): ShownPage {
  return { shown, ...toCount(count), hasBefore }
}

export function toPage({ ids, count, has_before: hasBefore }: PageRow): FoundPage {
  return { ids: toIds(ids), ...toCount(count), hasBefore }
}

/** @param count beyond `maxCount` only that it is beyond. */
export function toCount(count: bigint): Pick<FoundPage, 'count' | 'isCountExact'> {
  return { count: Math.min(Number(count), maxCount), isCountExact: count <= maxCount }
}

/** The list of a page that was found, with one message more than it shows where there is more beyond. */
export function toList(
  { count, isCountExact, hasBefore }: Omit<FoundPage, 'ids'>,
  { messages, unread }: ShownMessages,
  { cursor, limit }: Page,
): MessageList {
  const hasBeyond = messages.length > limit
  const isBackwards = cursor?.kind === 'newer'
  return {
    messages: isBackwards ? messages.slice(-limit) : messages.slice(0, limit),
    unread,
    count,
    isCountExact,
    hasOlder: isBackwards ? hasBefore : hasBeyond,
    hasNewer: isBackwards ? hasBeyond : hasBefore,
  }
}

export function toIds(ids: readonly string[]): MessageId[] {
  return ids.map((id) => BigInt(id) as MessageId)
}

export interface Direction {
  readonly order: 'ASC' | 'DESC'
  /** Conditions on the id: of what is on this page or after it, and of what is before it. */
  readonly onwards: string
  readonly back: string | undefined
}

export function directionOf(cursor: Page['cursor'], values: SqlValue[]): Direction {
  if (cursor === undefined) return { order: 'DESC', onwards: '> 0', back: undefined }
  const than = parameter(values, cursor.than, 'bigint')
  return cursor.kind === 'older'
    ? { order: 'DESC', onwards: `< ${than}`, back: `>= ${than}` }
    : { order: 'ASC', onwards: `> ${than}`, back: `<= ${than}` }
}

export function parameter(values: SqlValue[], value: SqlValue, type: string): string {
  values.push(value)
  return `$${values.length}::${type}`
}

/** Each place gives its newest, or its oldest, in order, and no more than are asked for. */
export function select(source: FilteredSource, bound: string, order: 'ASC' | 'DESC', limit: string): string {
  return merge(source, ({ id }) => `${id} AS id`, bound, order, limit)
}

/** The same, with how the reader sees each. */
export function selectViews(
  source: FilteredSource,
  bound: string,
  order: 'ASC' | 'DESC',
  limit: string,
): string {
  return merge(source, ({ id, view }) => `${id} AS id, ${view}`, bound, order, limit)
}

function merge(
  { selects }: FilteredSource,
  columnsOf: (select: SourceSelect) => string,
  bound: string,
  order: 'ASC' | 'DESC',
  limit: string,
): string {
  const parts = selects.map(
    (each) =>
      `(SELECT ${columnsOf(each)} FROM ${each.from} AND ${each.id} ${bound} ORDER BY ${each.id} ${order} LIMIT ${limit})`,
  )
  return parts.length === 1
    ? parts[0]!
    : `SELECT * FROM (${parts.join(' UNION ALL ')}) found ORDER BY id ${order} LIMIT ${limit}`
}
