/**
 * Pages of history keys for who joins by an invite with history. Only added to; they go with their invite's row, and when
 * the invite has expired.
 */
import { ChatId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import type { HistoryPage } from '../groups/join-offer.ts'
import type { InviteKey } from './invites.ts'

interface Brought {
  readonly chatId: ChatId
  /** Of the commit that brings them. */
  readonly position: bigint
  readonly nowMs: number
}

/** Those of invites that nobody can join by any more are not kept. */
export async function insertHistoryPages(
  transaction: Queryable,
  { chatId, position, nowMs }: Brought,
  pages: readonly HistoryPage[],
): Promise<void> {
  await transaction.query(
    `INSERT INTO invite_history (chat_id, invite_id, position, page)
     SELECT chat_id, invite_id, $2, page
     FROM unnest($3::bytea[], $4::bytea[]) AS p (invite_id, page) JOIN invites USING (invite_id)
     WHERE chat_id = $1 AND expires_at_ms > $5`,
    [
      ChatId.toBytes(chatId),
      position,
      pages.map(({ inviteId }) => inviteId),
      pages.map(({ page }) => page),
      nowMs,
    ],
  )
}

export interface HistoryPageRow {
  readonly number: bigint
  readonly sealed: Buffer
}

/** By ascending number; at least one comes, however large. */
export async function listHistoryPages(
  database: Queryable,
  { chatId, inviteId }: InviteKey,
  { after, limit, maxBytes }: { readonly after: bigint; readonly limit: number; readonly maxBytes: number },
): Promise<readonly HistoryPageRow[]> {
  const { rows } = await database.query<HistoryPageRow>({
    name: 'list_history_pages',
    text: `SELECT position AS number, page AS sealed
      FROM (
        SELECT *, row_number() OVER first AS nth, sum(octet_length(page)) OVER first AS bytes
        FROM (
          SELECT * FROM invite_history WHERE chat_id = $1 AND invite_id = $2 AND position > $3
          ORDER BY position LIMIT $4
        ) AS page
        WINDOW first AS (ORDER BY position)
      ) AS page
      WHERE bytes <= $5 OR nth = 1
      ORDER BY position`,
    values: [ChatId.toBytes(chatId), inviteId, after, limit, maxBytes],
  })
  return rows
}

/** Whether there is a page after one. */
export async function hasHistoryPageAfter(
  database: Queryable,
  { chatId, inviteId }: InviteKey,
  after: bigint,
): Promise<boolean> {
  const { rowCount } = await database.query(
    'SELECT FROM invite_history WHERE chat_id = $1 AND invite_id = $2 AND position > $3 LIMIT 1',
    [ChatId.toBytes(chatId), inviteId, after],
  )
  return rowCount > 0
}

export async function deleteExpiredHistory(database: Queryable, nowMs: number): Promise<void> {
  await database.query(
    `DELETE FROM invite_history USING invites
     WHERE invite_history.chat_id = invites.chat_id AND invite_history.invite_id = invites.invite_id
       AND expires_at_ms <= $1`,
    [nowMs],
  )
}
