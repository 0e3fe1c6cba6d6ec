/**
 * Whether the counters of users say what there is: counts every message that is new to every user, and every one that was
 * read, anew, from the messages and deliveries themselves. For tests, at a moment when nothing else runs or in the middle of everything:
 * it is one statement and so sees one moment.
 */
import type { Database } from '@veche/service-kit'

export interface UnreadDifference {
  readonly host: string
  readonly nickname: string
  /** Of what is new; null is what was read. */
  readonly priority: number | null
  /** What `unread` answers, or a list says. */
  readonly counted: number
  /** What there is. */
  readonly found: number
}

/** @returns where counters and recount differ: nowhere, or something is wrong. */
export async function recountUnread(database: Database): Promise<readonly UnreadDifference[]> {
  const { rows } = await database.query<UnreadDifference>(
    `WITH received AS (
       SELECT d.host_id, d.user_id, shown_priority AS priority, count(*) AS more
       FROM delivery d WHERE incoming AND status = 0 GROUP BY 1, 2, 3
     ), broadcast AS (
       SELECT u.host_id, u.id AS user_id, m.priority, count(*) AS more
       FROM app_user u JOIN message m ON m.host_id = u.host_id AND m.to_everyone AND m.id >= u.sees_from_message_id
       GROUP BY 1, 2, 3
     ), touched AS (
       SELECT d.host_id, d.user_id, m.priority, -count(*) AS more
       FROM delivery d JOIN message m ON m.host_id = d.host_id AND m.id = d.message_id
       JOIN app_user u ON u.host_id = d.host_id AND u.id = d.user_id
       WHERE m.to_everyone AND m.id >= u.sees_from_message_id GROUP BY 1, 2, 3
     ), read AS (
       SELECT host_id, user_id, NULL::smallint, count(*) FROM delivery WHERE incoming AND status = 1 GROUP BY 1, 2
     ), found AS (
       SELECT host_id, user_id, priority, sum(more) AS number FROM (
         TABLE received UNION ALL TABLE broadcast UNION ALL TABLE touched UNION ALL TABLE read) each GROUP BY 1, 2, 3
     )
     SELECT h.name AS host, u.nickname, p.priority, p.counted, coalesce(found.number, 0)::integer AS found
     FROM host h JOIN app_user u ON u.host_id = h.id
     CROSS JOIN LATERAL (VALUES
       (0, u.unread_ordinary + h.broadcasts_ordinary),
       (1, u.unread_important + h.broadcasts_important),
       (2, u.unread_critical + h.broadcasts_critical),
       (NULL, u.read_incoming)) AS p (priority, counted)
     LEFT JOIN found ON found.host_id = h.id AND found.user_id = u.id AND found.priority IS NOT DISTINCT FROM p.priority
     WHERE p.counted <> coalesce(found.number, 0) ORDER BY 1, 2, 3`,
  )
  return rows
}
