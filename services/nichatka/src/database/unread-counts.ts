/** What is new to a user, by priority: kept at the user and, for what goes to everyone, at the host. */
import type { Unread } from '../domain.ts'

export type UnreadCounts = readonly [ordinary: number, important: number, critical: number]

const each = ['ordinary', 'important', 'critical'].map((name) => `u.unread_${name} + h.broadcasts_${name}`)

/** Of the user `u` and the host `h`. */
export const unreadCounts = `ARRAY[${each.join(', ')}]`
/** The same, of all priorities. */
export const unreadCount = each.join(' + ')

export function toUnread([ordinary, important, critical]: UnreadCounts): Unread {
  return { ordinary, important, critical }
}
