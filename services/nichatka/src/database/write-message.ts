import type { Queryable, SqlValue } from '@veche/service-kit'
import type { GroupId, MessageId, User, UserId } from '../domain.ts'

export interface MessageRow {
  readonly key: string
  readonly text: string
  readonly nowMs: number
  readonly priority: number
  readonly toEveryone: boolean
  readonly parent: { readonly id: MessageId; readonly threadId: MessageId } | undefined
  readonly recipients: Recipients
}

export type Recipients =
  | { readonly kind: 'addresses'; readonly addresses: readonly ResolvedAddress[] }
  /** Those who have the parent and, where another sent it, its sender; the replier left out, except of their own. */
  | { readonly kind: 'as_parent'; readonly senderId: UserId }

export interface ResolvedAddress {
  readonly userId: UserId | null
  readonly groupId: GroupId | null
}

/** The caller has locked the host and checked everything. */
export async function insertMessage(
  transaction: Queryable,
  user: User,
  { key, text, nowMs, priority, toEveryone, parent, recipients }: MessageRow,
): Promise<MessageId> {
  const { rows } = await transaction.query<{ id: MessageId }>({
    name: `insert_message_${recipients.kind}`,
    text: insertion[recipients.kind],
    values: [
      user.hostId,
      user.id,
      key,
      text,
      new Date(nowMs),
      priority,
      toEveryone,
      parent?.id ?? null,
      parent?.threadId ?? null,
      ...valuesOf(recipients),
    ],
  })
  return rows[0]!.id
}

function valuesOf(recipients: Recipients): SqlValue[] {
  if (recipients.kind === 'as_parent') return [recipients.senderId]
  const { addresses } = recipients
  return [addresses.map(({ userId }) => userId), addresses.map(({ groupId }) => groupId)]
}

/** `address` as the sender chose; a group stands for those who are in it now, without the sender. */
const chosenAddresses = `
  SELECT a.user_id, a.group_id, a.position,
    CASE WHEN a.group_id IS NOT NULL THEN ARRAY(
      SELECT member.user_id FROM group_member member
      WHERE member.host_id = $1 AND member.group_id = a.group_id AND member.user_id <> $2) END AS member_ids
  FROM unnest($10::integer[], $11::integer[]) WITH ORDINALITY AS a (user_id, group_id, position)`

/** $10 sent the parent. */
const parentAddresses = `
  SELECT a.user_id, a.group_id, row_number() OVER (ORDER BY a.position) AS position, a.member_ids
  FROM (
    SELECT $10::integer AS user_id, NULL::integer AS group_id, 0 AS position, NULL::integer[] AS member_ids
    WHERE $10 <> $2
    UNION ALL
    SELECT user_id, group_id, position, CASE WHEN $10 = $2 THEN member_ids ELSE array_remove(member_ids, $2) END
    FROM message_address
    WHERE host_id = $1 AND message_id = $8 AND ($10 = $2 OR (user_id IN ($2, $10)) IS NOT TRUE)
  ) a`

const insertion = {
  addresses: insertionWith(chosenAddresses),
  as_parent: insertionWith(parentAddresses),
}

/**
 * Dated not before the message sent last: clocks of several processes differ by a little. A clock that was set back by
 * more is believed, and the host marked, so that days are looked up in another way from then on.
 */
function insertionWith(addresses: string): string {
  return `WITH numbered AS (
    UPDATE host SET last_message_id = last_message_id + 1,
      last_sent_at = CASE WHEN $5::timestamptz >= last_sent_at - interval '1 minute'
        THEN greatest($5, last_sent_at) ELSE $5 END,
      is_ordered = is_ordered AND $5 >= last_sent_at - interval '1 minute',
      broadcasts_ordinary = broadcasts_ordinary + ($7 AND $6 = 0)::integer,
      broadcasts_important = broadcasts_important + ($7 AND $6 = 1)::integer,
      broadcasts_critical = broadcasts_critical + ($7 AND $6 = 2)::integer
    WHERE id = $1
    RETURNING last_message_id AS id, last_sent_at AS sent_at
  ), address AS MATERIALIZED (${addresses}
  ), addressed AS (
    INSERT INTO message_address (host_id, message_id, position, user_id, group_id, member_ids)
    SELECT $1, numbered.id, position, user_id, group_id, member_ids FROM address, numbered
  ), reader AS MATERIALIZED (
    -- Everyone else receives what goes to everyone without a row.
    SELECT user_id, bool_or(is_incoming) AS is_incoming FROM (
      SELECT user_id, true AS is_incoming FROM address WHERE user_id = $2 OR user_id IS NOT NULL AND NOT $7
      UNION ALL SELECT unnest(member_ids), true FROM address WHERE NOT $7
      UNION ALL SELECT $2, false
    ) each GROUP BY user_id
  ), written AS (
    INSERT INTO message
      (host_id, id, sender_id, key, text, sent_at, priority, to_everyone, parent_id, thread_id, readers)
    SELECT $1, id, $2, $3, $4, sent_at, $6::smallint, $7::boolean, $8, coalesce($9, id),
      CASE WHEN $7 THEN '{0}' ELSE ARRAY(SELECT user_id FROM reader ORDER BY user_id) END FROM numbered
  ), known AS (
    INSERT INTO known_word (host_id, word) SELECT DISTINCT $1::smallint, word FROM unnest(plain_words($4)) word
    ON CONFLICT DO NOTHING
  ), delivered AS (
    INSERT INTO delivery (host_id, user_id, message_id, sender_id, status, shown_priority, incoming, outgoing)
    SELECT $1, user_id, numbered.id, $2, CASE WHEN is_incoming THEN 0 ELSE 1 END, $6, is_incoming, user_id = $2
    FROM reader, numbered ORDER BY user_id
  ), counted AS (
    -- The host counts what goes to everyone as new to its sender too.
    UPDATE app_user SET unread_ordinary = unread_ordinary + CASE WHEN $6 = 0 THEN more ELSE 0 END,
      unread_important = unread_important + CASE WHEN $6 = 1 THEN more ELSE 0 END,
      unread_critical = unread_critical + CASE WHEN $6 = 2 THEN more ELSE 0 END
    FROM (SELECT user_id, is_incoming::integer - $7::integer AS more FROM reader) changed
    WHERE host_id = $1 AND id = user_id AND more <> 0
  )
  SELECT id FROM numbered`
}
