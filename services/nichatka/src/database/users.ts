/** Users by nickname. Nobody is ever taken out, so that what was found once stays true. */
import type { Queryable } from '@veche/service-kit'
import type { HostId, Nickname, UserId } from '../domain.ts'
import { foldName } from './codes.ts'

/** How far back a new user sees what everyone was sent. */
const broadcastsSeenMs = 30 * 24 * 60 * 60 * 1000

/** Those of the nicknames that are known. */
export async function findUsers(
  database: Queryable,
  hostId: HostId,
  nicknames: readonly Nickname[],
): Promise<Map<Nickname, UserId>> {
  if (nicknames.length === 0) return new Map()
  const { rows } = await database.query<{ id: UserId; nickname: Nickname }>({
    name: 'find_users',
    text: 'SELECT id::bigint, nickname FROM app_user WHERE host_id = $1 AND nickname = ANY ($2::text[])',
    values: [hostId, nicknames],
  })
  return new Map(rows.map(({ id, nickname }) => [nickname, id]))
}

/** The caller has locked the host: nobody else makes users meanwhile, nor sends to everyone. */
export async function ensureUsers(
  transaction: Queryable,
  { hostId, nicknames, nowMs }: { hostId: HostId; nicknames: readonly Nickname[]; nowMs: number },
): Promise<{ readonly users: Map<Nickname, UserId>; readonly added: number }> {
  const users = await findUsers(transaction, hostId, nicknames)
  const unknown = [...new Set(nicknames)].filter((nickname) => !users.has(nickname))
  if (unknown.length === 0) return { users, added: 0 }
  const { rows } = await transaction.query<{ id: UserId; nickname: Nickname }>(
    `WITH first AS (
       SELECT coalesce(
         (SELECT CASE
            WHEN is_ordered THEN (SELECT id FROM message WHERE host_id = $1 AND sent_at >= $2 ORDER BY sent_at, id LIMIT 1)
            ELSE (SELECT min(id) FROM message WHERE host_id = $1 AND sent_at >= $2) END),
         last_message_id + 1) AS id
       FROM host WHERE host.id = $1
     ), seen AS (
       SELECT count(*) FILTER (WHERE priority = 0) AS ordinary, count(*) FILTER (WHERE priority = 1) AS important,
         count(*) FILTER (WHERE priority = 2) AS critical
       FROM message WHERE host_id = $1 AND to_everyone AND message.id >= (SELECT first.id FROM first)
     )
     INSERT INTO app_user
       (host_id, nickname, folded, sees_from_message_id, unread_ordinary, unread_important, unread_critical)
     SELECT $1, nickname, folded, first.id, seen.ordinary - host.broadcasts_ordinary,
       seen.important - host.broadcasts_important, seen.critical - host.broadcasts_critical
     FROM unnest($3::text[], $4::text[]) AS new (nickname, folded), first, seen, host WHERE host.id = $1
     RETURNING id::bigint, nickname`,
    [hostId, new Date(nowMs - broadcastsSeenMs), unknown, unknown.map(foldName)],
  )
  for (const { id, nickname } of rows) users.set(nickname, id)
  return { users, added: rows.length }
}
