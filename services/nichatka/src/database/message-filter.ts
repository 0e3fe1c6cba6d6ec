/**
 * A filter as SQL: fixed pieces, put together by what the filter asks for. Every value is a parameter but the codes of statuses
 * and priorities: there are indexes of single ones, and a statement that is planned once takes no index that suits only some
 * of its values.
 *
 * What a user sees comes from two places: the user's rows of `delivery` (`d`), and messages to everyone that the user
 * has done nothing with yet (`m`), which are new, without a colour and of the sender's priority.
 */
import type { SqlValue } from '@veche/service-kit'
import { statuses, type User, type UserId } from '../domain.ts'
import type { MessageFilter } from '../store.ts'
import { colorCode, priorityCodes, statusCodes } from './codes.ts'
import { cleanQuery, eitherOf, textConditions } from './text-query.ts'

/** With the users it names looked up, so that PostgreSQL knows how many messages each of them has. */
export interface ResolvedFilter extends Omit<MessageFilter, 'from' | 'to'> {
  readonly from?: UserId
  readonly to?: UserId
}

export interface FilteredSource {
  /** Selects `id` from what matches; the caller adds conditions on `id`, an order and a limit. */
  readonly selects: readonly SourceSelect[]
  readonly values: SqlValue[]
}

/** One place: its FROM and WHERE, the column that is the message's id, and what those of `viewNames` are in it. */
export interface SourceSelect {
  readonly id: string
  readonly from: string
  readonly view: string
}

/** A message as its reader sees it. */
export const viewNames = 'status, color, shown_priority, incoming, outgoing'
/** Of a message to everyone that the reader has done nothing with. */
export const untouchedView = '0::smallint, 0::smallint, m.priority, true, false'

/** Numbers the parameters of a statement as its text is put together. */
class Values {
  readonly all: SqlValue[] = []

  add(value: SqlValue, type: string): string {
    this.all.push(value)
    return `$${this.all.length}::${type}`
  }
}

export function filteredSource(user: User, filter: ResolvedFilter): FilteredSource {
  const values = new Values()
  const host = values.add(user.hostId, 'smallint')
  const self = values.add(user.id, 'integer')
  const context: Context = { host, self, values }
  const selects = [deliveries(context, filter)]
  if (mayBeUntouched(filter)) selects.push(untouchedBroadcasts(context, filter))
  return { selects, values: values.all }
}

interface Context {
  readonly host: string
  readonly self: string
  readonly values: Values
}

function deliveries(context: Context, filter: ResolvedFilter): SourceSelect {
  const { host, self, values } = context
  const conditions = [`d.host_id = ${host}`, `d.user_id = ${self}`]
  if (filter.box === 'incoming') conditions.push('d.incoming')
  if (filter.box === 'outgoing') conditions.push('d.outgoing')
  if (!statuses.every((status) => filter.statuses.includes(status))) {
    const codes = filter.statuses.map((status) => statusCodes[status]).sort()
    conditions.push(`d.status = ANY ('{${codes.join(',')}}'::smallint[])`)
  }
  if (filter.color !== undefined) {
    conditions.push(`d.color = ${values.add(colorCode(filter.color), 'smallint')}`)
    if (filter.color !== 'none') conditions.push('d.color <> 0')
  }
  if (filter.priority !== undefined) conditions.push(`d.shown_priority = ${priorityCodes[filter.priority]}`)
  if (filter.from !== undefined) conditions.push(`d.sender_id = ${values.add(filter.from, 'integer')}`)
  conditions.push(...messageConditions(context, filter, 'd.message_id'))
  const view = viewNames.replace(/\w+/g, 'd.$&')
  return { id: 'd.message_id', from: `delivery d WHERE ${conditions.join(' AND ')}`, view }
}

function mayBeUntouched({ box, statuses: shown, color }: ResolvedFilter): boolean {
  return box !== 'outgoing' && shown.includes('new') && (color === undefined || color === 'none')
}

function untouchedBroadcasts(context: Context, filter: ResolvedFilter): SourceSelect {
  const { host, self, values } = context
  const conditions = [
    `m.host_id = ${host}`,
    'm.to_everyone',
    `m.id >= (SELECT sees_from_message_id FROM app_user WHERE host_id = ${host} AND id = ${self})`,
    // Not NOT EXISTS, for which PostgreSQL may read all rows of the user.
    `(SELECT true FROM delivery d
      WHERE d.host_id = ${host} AND d.user_id = ${self} AND d.message_id = m.id) IS NULL`,
  ]
  if (filter.priority !== undefined) conditions.push(`m.priority = ${priorityCodes[filter.priority]}`)
  if (filter.from !== undefined) conditions.push(`m.sender_id = ${values.add(filter.from, 'integer')}`)
  conditions.push(...messageConditions(context, filter, 'm.id'))
  return { id: 'm.id', from: `message m WHERE ${conditions.join(' AND ')}`, view: untouchedView }
}

/** What is the same for both places. */
function messageConditions(context: Context, filter: ResolvedFilter, id: string): string[] {
  const { host, self, values } = context
  const conditions: string[] = []
  if (filter.to !== undefined) {
    conditions.push(`EXISTS (SELECT FROM message_address a
      WHERE a.host_id = ${host} AND a.user_id = ${values.add(filter.to, 'integer')} AND a.message_id = ${id})`)
  }
  if (filter.groupId !== undefined) {
    conditions.push(`EXISTS (SELECT FROM message_address a
      WHERE a.host_id = ${host} AND a.group_id = ${values.add(filter.groupId, 'bigint')} AND a.message_id = ${id})`)
  }
  if (filter.thread !== undefined) {
    // The thread of a message that the reader may not see is none: it would tell of an answer among others.
    conditions.push(`${id} IN (SELECT t.id FROM message t WHERE t.host_id = ${host} AND t.thread_id =
      (SELECT thread_id FROM message s WHERE s.host_id = ${host} AND s.id = ${values.add(filter.thread, 'bigint')} AND (
        s.to_everyone AND s.id >= (SELECT sees_from_message_id FROM app_user WHERE host_id = ${host} AND id = ${self})
        OR (SELECT true FROM delivery o WHERE o.host_id = ${host} AND o.user_id = ${self} AND o.message_id = s.id))))`)
  }
  if (filter.sinceMs !== undefined) conditions.push(...dayConditions(context, id, '>=', filter.sinceMs))
  if (filter.untilMs !== undefined) conditions.push(...dayConditions(context, id, '<', filter.untilMs))
  const query = cleanQuery(filter.query ?? '')
  if (query !== '') {
    const matches = eitherOf(textConditions('t', query, (value, type) => values.add(value, type)))
    conditions.push(
      `EXISTS (SELECT FROM message t WHERE t.host_id = ${host} AND t.id = ${id} AND (${matches}))`,
    )
  }
  return conditions
}

/**
 * Messages are numbered in the order of their dates, so that days are a range of ids; only where the clock was set
 * back are the dates themselves looked at.
 */
function dayConditions({ host, values }: Context, id: string, comparison: '>=' | '<', ms: number): string[] {
  const at = values.add(new Date(ms), 'timestamptz')
  const unbounded = comparison === '>=' ? '0' : maxId
  return [
    `${id} ${comparison} (SELECT CASE WHEN is_ordered THEN coalesce((SELECT id FROM message
        WHERE host_id = ${host} AND sent_at >= ${at} ORDER BY sent_at, id LIMIT 1), ${maxId})
      ELSE ${unbounded} END FROM host WHERE host.id = ${host})`,
    `((SELECT is_ordered FROM host WHERE host.id = ${host}) OR (SELECT t.sent_at ${comparison} ${at}
      FROM message t WHERE t.host_id = ${host} AND t.id = ${id}))`,
  ]
}

const maxId = '9223372036854775807'
