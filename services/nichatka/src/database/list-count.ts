import { maxCount } from '../store.ts'
import { select } from './found-page.ts'
import type { FilteredSource, ResolvedFilter } from './message-filter.ts'
import { unreadCount } from './unread-counts.ts'

/**
 * How many match, up to `maxCount` + 1: a value of a statement on the user `u` and the host `h`. In the box of what a user received
 * the counters know it, unless what is hidden is shown too.
 */
export function countOf(source: FilteredSource, { box, statuses, ...others }: ResolvedFilter): string {
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
