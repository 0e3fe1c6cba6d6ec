/** Rows of `invites` and `join_offers`: changed only with the chat's row locked. */
import { ChatId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import type { InviteTerms } from '../groups/join-offer.ts'

export interface InviteRow {
  readonly inviteId: Buffer
  readonly expiresAtMs: bigint
  readonly uses: number
  readonly maxUses: number
}

export interface InviteKey {
  readonly chatId: ChatId
  readonly inviteId: Uint8Array
}

const COLUMNS = 'invite_id AS "inviteId", expires_at_ms AS "expiresAtMs", uses, max_uses AS "maxUses"'

/** Of a group, by ascending id. */
export async function listInvites(database: Queryable, chatId: ChatId): Promise<readonly InviteRow[]> {
  const { rows } = await database.query<InviteRow>(
    `SELECT ${COLUMNS} FROM invites WHERE chat_id = $1 ORDER BY invite_id`,
    [ChatId.toBytes(chatId)],
  )
  return rows
}

export async function findInvites(
  database: Queryable,
  keys: readonly InviteKey[],
): Promise<readonly (InviteRow & { readonly chatId: ChatId })[]> {
  const { rows } = await database.query<InviteRow & { readonly chatId: Buffer }>(
    `SELECT chat_id AS "chatId", ${COLUMNS} FROM invites
     JOIN unnest($1::bytea[], $2::bytea[]) AS k (chat_id, invite_id) USING (chat_id, invite_id)`,
    [keys.map(({ chatId }) => ChatId.toBytes(chatId)), keys.map(({ inviteId }) => inviteId)],
  )
  return rows.map((row) => ({ ...row, chatId: ChatId.fromBytes(row.chatId) }))
}

/** Another account has come by an invite. */
export async function countUse(transaction: Queryable, { chatId, inviteId }: InviteKey): Promise<void> {
  await transaction.query('UPDATE invites SET uses = uses + 1 WHERE chat_id = $1 AND invite_id = $2', [
    ChatId.toBytes(chatId),
    inviteId,
  ])
}

/** Those that live after a commit: others end, and those that begin get their terms. */
export async function replaceInvites(
  transaction: Queryable,
  chatId: ChatId,
  invites: readonly InviteTerms[],
  nowMs: number,
): Promise<void> {
  const chat = ChatId.toBytes(chatId)
  const ids = invites.map(({ inviteId }) => inviteId)
  await transaction.query('DELETE FROM invites WHERE chat_id = $1 AND invite_id <> ALL ($2::bytea[])', [
    chat,
    ids,
  ])
  if (invites.length === 0) return
  await transaction.query(
    `INSERT INTO invites (chat_id, invite_id, expires_at_ms, uses, max_uses)
     SELECT $1, invite_id, expires_at_ms, 0, max_uses
     FROM unnest($2::bytea[], $3::bigint[], $4::integer[]) AS i (invite_id, expires_at_ms, max_uses)
     ON CONFLICT DO NOTHING`,
    [chat, ids, invites.map(({ lastsMs }) => BigInt(nowMs) + lastsMs), invites.map(({ maxUses }) => maxUses)],
  )
}

export interface SealedOfferRow {
  readonly position: bigint
  readonly sealed: Buffer
}

/** @param offer undefined where nobody can join by a link */
export async function replaceJoinOffer(
  transaction: Queryable,
  chatId: ChatId,
  offer: { readonly position: bigint; readonly sealed: Uint8Array } | undefined,
): Promise<void> {
  const chat = ChatId.toBytes(chatId)
  if (!offer) {
    await transaction.query('DELETE FROM join_offers WHERE chat_id = $1', [chat])
    return
  }
  await transaction.query(
    `INSERT INTO join_offers (chat_id, position, offer) VALUES ($1, $2, $3)
     ON CONFLICT (chat_id) DO UPDATE SET position = excluded.position, offer = excluded.offer`,
    [chat, offer.position, offer.sealed],
  )
}

export async function findJoinOffer(
  database: Queryable,
  chatId: ChatId,
): Promise<SealedOfferRow | undefined> {
  const { rows } = await database.query<SealedOfferRow>(
    'SELECT position, offer AS sealed FROM join_offers WHERE chat_id = $1',
    [ChatId.toBytes(chatId)],
  )
  return rows[0]
}
