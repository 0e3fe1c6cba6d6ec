/** What has been kept of a chat, as an account may read it that is in it (M15). */
import { AccountId, ChatId, DeviceId, EMPTY_LOG_HASH } from '@veche/protocol'
import { EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Queryable } from '@veche/service-kit'
import type { Device, DeviceNumber } from '../append/roster.ts'

/** After which position the account of a device reads the archive; undefined unless the device is in the chat now. */
export async function findArchiveStart(
  database: Queryable,
  chatId: ChatId,
  { accountId, device }: { readonly accountId: AccountId; readonly device: DeviceNumber },
): Promise<bigint | undefined> {
  const { rows } = await database.query<{ since: bigint }>({
    name: 'find_archive_start',
    text: `SELECT chat_accounts.since FROM chat_accounts JOIN chat_devices USING (chat_id)
      WHERE chat_id = $1 AND account_id = $2 AND device = $3 AND until IS NULL`,
    values: [ChatId.toBytes(chatId), AccountId.toBytes(accountId), device],
  })
  return rows[0]?.since
}

export type ArchiveRow = ArchivedMessageRow | ArchivedHashRow

interface ArchivedHashRow {
  readonly kind: EntryKind.COMMIT | EntryKind.REMOVED
  readonly position: bigint
  readonly entryHash: Buffer
}

export interface ArchivedMessageRow {
  readonly kind: EntryKind.APPLICATION
  readonly position: bigint
  readonly accountId: Buffer
  readonly deviceId: Buffer
  readonly messageId: Buffer
  readonly epoch: bigint
  readonly receivedAtMs: bigint
  readonly payload: Buffer
}

export interface ArchivePage {
  /** Exclusive. */
  readonly after: bigint
  readonly before: bigint
  readonly limit: number
  /** At least one entry comes, however large. */
  readonly maxBytes: number
}

/** The newest entries before a position, oldest first. Of commits and removed ones no bytes are read. */
export async function readArchive(
  database: Queryable,
  chatId: ChatId,
  { after, before, limit, maxBytes }: ArchivePage,
): Promise<readonly ArchiveRow[]> {
  const { rows } = await database.query<ArchiveRow>({
    name: 'read_archive',
    text: `SELECT position, kind, account_id AS "accountId", device_id AS "deviceId", message_id AS "messageId",
        epoch, received_at_ms AS "receivedAtMs",
        CASE kind WHEN $6 THEN payload END AS payload, CASE WHEN kind <> $6 THEN entry_hash END AS "entryHash"
      FROM (
        SELECT *, row_number() OVER newest AS nth,
          sum(CASE kind WHEN $6 THEN octet_length(payload) ELSE 0 END) OVER newest AS bytes
        FROM (
          SELECT * FROM entries WHERE chat_id = $1 AND position > $2 AND position < $3
          ORDER BY position DESC LIMIT $4
        ) AS page
        WINDOW newest AS (ORDER BY position DESC)
      ) AS entry
      LEFT JOIN devices USING (device)
      WHERE bytes <= $5 OR nth = 1
      ORDER BY position`,
    values: [ChatId.toBytes(chatId), after, before, limit, maxBytes, EntryKind.APPLICATION],
  })
  return rows
}

/** The log's hash before the entry at a position; before the first it is that of none. */
export async function findHashBefore(
  database: Queryable,
  chatId: ChatId,
  position: bigint,
): Promise<Uint8Array> {
  const { rows } = await database.query<{ logHash: Buffer }>(
    `SELECT log_hash AS "logHash" FROM entries WHERE chat_id = $1 AND position < $2
     ORDER BY position DESC LIMIT 1`,
    [ChatId.toBytes(chatId), position],
  )
  return rows[0]?.logHash ?? EMPTY_LOG_HASH
}

/** Those of these devices that were in a chat after a position. */
export async function findPresentAfter(
  database: Queryable,
  chatId: ChatId,
  devices: readonly Device[],
  after: bigint,
): Promise<readonly Device[]> {
  const { rows } = await database.query<{ account_id: Buffer; device_id: Buffer }>(
    `SELECT account_id, device_id
     FROM unnest($2::bytea[], $3::bytea[]) AS d (account_id, device_id)
     JOIN devices USING (account_id, device_id) JOIN chat_devices USING (device)
     WHERE chat_id = $1 AND (until IS NULL OR until > $4)`,
    [
      ChatId.toBytes(chatId),
      devices.map(({ accountId }) => AccountId.toBytes(accountId)),
      devices.map(({ deviceId }) => DeviceId.toBytes(deviceId)),
      after,
    ],
  )
  return rows.map(({ account_id, device_id }) => ({
    accountId: AccountId.fromBytes(account_id),
    deviceId: DeviceId.fromBytes(device_id),
  }))
}

/**
 * Accounts come into a chat; who is in it already reads no less than before.
 * @param since position of the commit that brought them, 0 for who came by a link with history
 */
export async function insertChatAccounts(
  transaction: Queryable,
  chatId: ChatId,
  accounts: readonly AccountId[],
  since: bigint,
): Promise<void> {
  await transaction.query(
    `INSERT INTO chat_accounts (chat_id, account_id, since)
     SELECT DISTINCT $1::bytea, account_id, $3::bigint FROM unnest($2::bytea[]) AS a (account_id)
     ON CONFLICT (chat_id, account_id) DO UPDATE SET since = excluded.since
       WHERE excluded.since < chat_accounts.since`,
    [ChatId.toBytes(chatId), accounts.map(AccountId.toBytes), since],
  )
}
