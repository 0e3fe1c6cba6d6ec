/** The fields of `GET /panel` and `GET /history`: which messages, which page of them, and how much of the panel. */
import {
  colors,
  type GroupId,
  type MessageId,
  maxQueryLength,
  type Nickname,
  priorities,
  type Status,
  statuses,
} from '../domain.ts'
import { wrong } from '../refusal.ts'
import type { MessageFilter, Page } from '../store.ts'
import type { Zone } from '../times/zone.ts'
import type { Fields } from './fields.ts'
import { ensureChoice, ensureNickname, ensureNumber, optionalChoice, optionalId, parseId } from './values.ts'

export interface ListRequest {
  readonly path: ListPath
  readonly part: 'all' | 'list'
  readonly filter: MessageFilter
  readonly page: Page
  /** What was asked for, as it was written: to be shown in the form of filters, and asked for again. */
  readonly values: FilterValues
  readonly cursor: string | undefined
  /** The newest message that the reader has seen, where the page is not the first. */
  readonly newest: MessageId | undefined
  /** The same, where what the reader sees is to be refreshed; 0 where there was no message. */
  readonly refresh: MessageId | undefined
}

export type ListPath = 'panel' | 'history'
const filterNames = [
  'box',
  'status',
  'color',
  'priority',
  'from',
  'to',
  'group',
  'since',
  'until',
  'q',
  'thread',
] as const
export type FilterName = (typeof filterNames)[number]
export type FilterValues = ReadonlyMap<FilterName, string>

const maxLimit = 100
export const defaultLimit = 20

/** @throws Refusal */
export function parseListRequest(path: ListPath, fields: Fields, zone: Zone): ListRequest {
  const values = takeValues(fields)
  const cursor = fields.one('cursor')
  return {
    path,
    part: ensureChoice('part', fields.one('part') ?? 'all', ['all', 'list']),
    filter: parseFilter(path, values, zone),
    values,
    cursor,
    ...parsePage(cursor, ensureNumber('limit', fields.one('limit') ?? String(defaultLimit), maxLimit)),
    refresh: parseRefresh(fields.one('refresh')),
  }
}

function takeValues(fields: Fields): FilterValues {
  const values = new Map<FilterName, string>()
  for (const name of filterNames) {
    const value = fields.one(name)
    if (value !== undefined) values.set(name, value)
  }
  return values
}

function parseFilter(path: ListPath, values: FilterValues, zone: Zone): MessageFilter {
  const thread = optionalId<MessageId>('thread', values.get('thread'))
  const box = values.get('box') ?? (thread === undefined ? 'incoming' : 'all')
  const status = values.get('status') ?? (path === 'history' || thread !== undefined ? 'all' : undefined)
  return withoutAbsent({
    box: ensureChoice('box', box, ['incoming', 'outgoing', 'all']),
    statuses: parseStatuses(status),
    thread,
    color: optionalChoice('color', values.get('color'), ['none', ...colors]),
    priority: optionalChoice('priority', values.get('priority'), priorities),
    from: parseName('from', values.get('from')),
    to: parseName('to', values.get('to')),
    groupId: optionalId<GroupId>('group', values.get('group')),
    sinceMs: parseDay('since', values.get('since'), (day) => zone.startOf(day)),
    untilMs: parseDay('until', values.get('until'), (day) => zone.endOf(day)),
    query: parseQuery(values.get('q')),
  })
}

function parseStatuses(status: string | undefined): readonly Status[] {
  if (status === undefined) return ['new', 'read']
  return status === 'all' ? statuses : [ensureChoice('status', status, statuses)]
}

/** People type these into the form, with a blank before or behind. */
function parseName(field: string, text: string | undefined): Nickname | undefined {
  return text === undefined ? undefined : ensureNickname(field, text.normalize('NFC').trim())
}

function parseDay(
  field: string,
  day: string | undefined,
  toMs: (day: string) => number | undefined,
): number | undefined {
  if (day === undefined) return undefined
  const ms = toMs(day)
  if (ms === undefined) throw wrong(field)
  return ms
}

function parseQuery(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (text.length > maxQueryLength) throw wrong('q')
  // The database takes no NUL, and nobody finds anything by a character that is in no message.
  return (
    text
      .toWellFormed()
      .replace(/\p{Cc}/gu, ' ')
      .trim() || undefined
  )
}

/** `o` older or `n` newer, than which message, and the newest that the reader has seen. */
function parsePage(cursor: string | undefined, limit: number): Pick<ListRequest, 'page' | 'newest'> {
  if (cursor === undefined) return { page: { limit }, newest: undefined }
  const [, kind, from = '', seen = ''] = /^([on])(\d+)-(\d+)$/.exec(cursor) ?? []
  const than = parseId<MessageId>(from)
  const newest = parseId<MessageId>(seen)
  if (than === undefined || newest === undefined) throw wrong('cursor')
  return { page: { cursor: { kind: kind === 'o' ? 'older' : 'newer', than }, limit }, newest }
}

function parseRefresh(text: string | undefined): MessageId | undefined {
  return text === '0' ? (0n as MessageId) : optionalId<MessageId>('refresh', text)
}

type Present<Value> = { [Name in keyof Value]: Exclude<Value[Name], undefined> }

/** Left out, rather than there and undefined. */
function withoutAbsent<Value extends object>(value: Value): Present<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Present<Value>
}
