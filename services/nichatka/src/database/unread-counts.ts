/** What is new to a user, by priority: kept at the user and, for what goes to everyone, at the host. */
import type { Unread } from '../domain.ts'

export type UnreadCounts = readonly [ordinary: number, important: number, critical: number]

/** Of the user `u` and the host `h`. */
export const unreadCounts = `ARRAY[u.unread_ordinary + h.broadcasts_ordinary,
  u.unread_important + h.broadcasts_important, u.unread_critical + h.broadcasts_critical]`

export function toUnread([ordinary, important, critical]: UnreadCounts): Unread {
  return { ordinary, important, critical }
}
