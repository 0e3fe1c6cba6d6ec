/** What is stored of a chat under other data keys than its current one. */
import { ChatId } from '@veche/protocol'
import type { DataKeyId, Queryable } from '@veche/service-kit'
import type { DeviceNumber } from '../append/roster.ts'

export interface SealedEntryRow {
  readonly position: bigint
  readonly sealed: Buffer
}

export interface SealedWelcomeRow {
  readonly device: DeviceNumber
  /** In the inbox. */
  readonly position: bigint
  /** Of its commit in the log. */
  readonly logPosition: bigint
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
): Promise<readonly SealedEntryRow[]> {
  // The bytes that name the key are read alone: payloads are stored uncompressed.
  const { rows } = await transaction.query<SealedEntryRow>(
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
): Promise<readonly SealedWelcomeRow[]> {
  const { rows } = await transaction.query<SealedWelcomeRow>(
    `SELECT device, position, log_position AS "logPosition", welcome AS sealed FROM inbox
     WHERE device IN (SELECT device FROM chat_devices WHERE chat_id = $1) AND subject = $1
       AND welcome IS NOT NULL AND substring(welcome FROM 1 FOR 9) <> $2
     ORDER BY device, position LIMIT $3 FOR NO KEY UPDATE`,
    [ChatId.toBytes(chatId), headOf(current), limit],
  )
  return rows
}

export async function storeResealedWelcomes(
  transaction: Queryable,
  rows: readonly (Omit<SealedWelcomeRow, 'sealed'> & { readonly sealed: Uint8Array })[],
): Promise<void> {
  if (rows.length === 0) return
  await transaction.query(
    `UPDATE inbox SET welcome = r.welcome
     FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) AS r (device, position, welcome)
     WHERE inbox.device = r.device AND inbox.position = r.position`,
    [
      rows.map(({ device }) => device),
      rows.map(({ position }) => position),
      rows.map(({ sealed }) => sealed),
    ],
  )
}

/** How sealed bytes under this key begin. */
function headOf(id: DataKeyId): Buffer {
  return Buffer.from(`02${id}`, 'hex')
}
