/** What is stored of a chat under other data keys than its current one. */
import { ChatId } from '@veche/protocol'
import type { DataKeyId, Queryable } from '@veche/service-kit'

/** An entry, or a commit's Welcome. */
export interface SealedRow {
  /** In the log. */
  readonly position: bigint
  readonly sealed: Buffer
}

/** Keeps others from appending to the chat until the transaction ends. */
export async function lockChat(transaction: Queryable, chatId: ChatId): Promise<void> {
  await transaction.query('SELECT FROM chats WHERE chat_id = $1 FOR NO KEY UPDATE', [ChatId.toBytes(chatId)])
}

/** Entries after a position, oldest first, locked until the transaction ends; at least one if there is any. */
export async function findResealableEntries(
  transaction: Queryable,
  chatId: ChatId,
  current: DataKeyId,
  after: bigint,
  limits: { readonly rows: number; readonly bytes: number },
): Promise<readonly SealedRow[]> {
  // The bytes that name the key are read alone: payloads are stored uncompressed.
  const { rows } = await transaction.query<SealedRow>(
    `SELECT position, payload AS sealed FROM entries
     WHERE chat_id = $1 AND payload IS NOT NULL AND position = ANY (
       SELECT position FROM (
         SELECT position, sum(octet_length(payload)) OVER (ORDER BY position) AS bytes,
           row_number() OVER (ORDER BY position) AS nth
         FROM (
           SELECT position, payload FROM entries
           WHERE chat_id = $1 AND position > $2 AND substring(payload FROM 1 FOR 9) <> $3
           ORDER BY position LIMIT $4
         ) AS page
       ) AS counted
       WHERE bytes <= $5 OR nth = 1
     )
     ORDER BY position FOR NO KEY UPDATE`,
    [ChatId.toBytes(chatId), after, headOf(current), limits.rows, limits.bytes],
  )
  return rows
}

export async function storeResealedEntries(
  transaction: Queryable,
  chatId: ChatId,
  rows: readonly { readonly position: bigint; readonly sealed: Uint8Array }[],
): Promise<void> {
  if (rows.length === 0) return
  await transaction.query(
    `UPDATE entries SET payload = r.payload FROM unnest($2::bigint[], $3::bytea[]) AS r (position, payload)
     WHERE chat_id = $1 AND entries.position = r.position`,
    [ChatId.toBytes(chatId), rows.map(({ position }) => position), rows.map(({ sealed }) => sealed)],
  )
}

/** Welcomes that devices of the chat have not taken yet, locked until the transaction ends. */
export async function findResealableWelcomes(
  transaction: Queryable,
  chatId: ChatId,
  current: DataKeyId,
  limit: number,
): Promise<readonly SealedRow[]> {
  const { rows } = await transaction.query<SealedRow>(
    `SELECT log_position AS position, welcome AS sealed FROM welcomes
     WHERE chat_id = $1 AND substring(welcome FROM 1 FOR 9) <> $2
     ORDER BY log_position LIMIT $3 FOR NO KEY UPDATE`,
    [ChatId.toBytes(chatId), headOf(current), limit],
  )
  return rows
}

export async function storeResealedWelcomes(
  transaction: Queryable,
  chatId: ChatId,
  rows: readonly { readonly position: bigint; readonly sealed: Uint8Array }[],
): Promise<void> {
  if (rows.length === 0) return
  await transaction.query(
    `UPDATE welcomes SET welcome = r.welcome FROM unnest($2::bigint[], $3::bytea[]) AS r (position, welcome)
     WHERE chat_id = $1 AND log_position = r.position`,
    [ChatId.toBytes(chatId), rows.map(({ position }) => position), rows.map(({ sealed }) => sealed)],
  )
}

/** How sealed bytes under this key begin. */
function headOf(id: DataKeyId): Buffer {
  return Buffer.from(`02${id}`, 'hex')
}
