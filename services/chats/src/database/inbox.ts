/** Device inboxes: what one device alone must learn, until it says that it has stored it. */
import { ChatId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import type { DeviceNumber } from '../append/roster.ts'
import { MAX_CHUNK_BYTES, MAX_INBOX_CHUNK_ITEMS } from '../limits.ts'
import { removeUnreferenced, type WelcomeKey } from './welcomes.ts'

/** As the column `kind` says it. */
export const inboxKinds = {
  welcome: 1,
  request: 2,
  answer: 3,
  chatOpened: 4,
  chatChanged: 5,
  devicesChanged: 6,
  ownDevicesChanged: 7,
} as const
export type InboxKind = (typeof inboxKinds)[keyof typeof inboxKinds]

export interface NewInboxItem {
  readonly device: DeviceNumber
  readonly kind: InboxKind
  /** The chat's id, or the request's; empty where it is about neither. */
  readonly subject: Uint8Array
  /** Of a Welcome, which is stored already: the commit's. */
  readonly logPosition?: bigint
}

export interface InboxRow {
  readonly position: bigint
  readonly kind: InboxKind
  readonly atMs: bigint
  readonly subject: Buffer
  readonly logPosition: bigint | null
  /** Sealed. */
  readonly welcome: Buffer | null
}

/**
 * Keeps others from putting anything into these inboxes until the transaction ends; always in ascending order, so that
 * no two can deadlock.
 */
export async function lockInboxes(transaction: Queryable, devices: readonly DeviceNumber[]): Promise<void> {
  await transaction.query(
    'SELECT FROM devices WHERE device = ANY ($1::bigint[]) ORDER BY device FOR NO KEY UPDATE',
    [devices],
  )
}

/**
 * Puts items into inboxes, in their order, and locks these: who reads one never sees a position before a lesser one
 * that comes later. A device that has ended is told nothing.
 *
 * A position is no less than the time, in milliseconds since 1970: where the database was put back to an older state, what
 * comes then stands after all that devices have had since (F24).
 */
export async function addToInboxes(
  transaction: Queryable,
  items: readonly NewInboxItem[],
  nowMs: number,
): Promise<void> {
  if (items.length === 0) return
  const devices = items.map(({ device }) => device)
  await lockInboxes(transaction, devices)
  // Each join looks rows of `devices` up: the append writer's connection could join nothing else of this size quickly.
  await transaction.query(
    `WITH item AS (
       SELECT *, row_number() OVER (PARTITION BY device ORDER BY place) AS nth
       FROM unnest($1::bigint[], $2::smallint[], $3::bytea[], $4::bigint[])
            WITH ORDINALITY AS i (device, kind, subject, log_position, place)
     ), raised AS (
       UPDATE devices SET inbox_head = greatest(inbox_head, $5::bigint) + added.count
       FROM (SELECT device, count(*) FROM item GROUP BY device) AS added WHERE devices.device = added.device
     )
     INSERT INTO inbox (device, position, kind, at_ms, subject, log_position)
     SELECT device, greatest(inbox_head, $5::bigint) + nth, kind, $5, subject, log_position
     FROM item JOIN devices USING (device) WHERE ending = 0`,
    [
      devices,
      items.map(({ kind }) => kind),
      items.map(({ subject }) => subject),
      items.map(({ logPosition }) => logPosition ?? null),
      nowMs,
    ],
  )
}

/** Of devices that read them no more. */
export async function emptyInboxes(transaction: Queryable, devices: readonly DeviceNumber[]): Promise<void> {
  const { rows } = await transaction.query<{ subject: Buffer; logPosition: bigint | null }>(
    'DELETE FROM inbox WHERE device = ANY ($1::bigint[]) RETURNING subject, log_position AS "logPosition"',
    [devices],
  )
  await removeUnreferenced(transaction, rows.flatMap(welcomeOf))
}

/** Which of these items, by device, kind and subject, lie in the inboxes already. */
export async function findWaiting(
  database: Queryable,
  items: readonly Pick<NewInboxItem, 'device' | 'kind' | 'subject'>[],
): Promise<readonly Pick<NewInboxItem, 'device' | 'kind' | 'subject'>[]> {
  const { rows } = await database.query<Pick<NewInboxItem, 'device' | 'kind' | 'subject'>>(
    `SELECT DISTINCT device, kind, subject FROM inbox
     JOIN unnest($1::bigint[], $2::smallint[], $3::bytea[]) AS i (device, kind, subject) USING (device, kind, subject)`,
    [items.map(({ device }) => device), items.map(({ kind }) => kind), items.map(({ subject }) => subject)],
  )
  return rows
}

/**
 * Puts items into inboxes in the place of those that say the same: who has read one already, and has not said so, reads
 * the new one as well.
 */
export async function replaceInInboxes(
  transaction: Queryable,
  items: readonly NewInboxItem[],
  nowMs: number,
): Promise<void> {
  await transaction.query(
    `DELETE FROM inbox USING unnest($1::bigint[], $2::smallint[], $3::bytea[]) AS i (device, kind, subject)
     WHERE inbox.device = i.device AND inbox.kind = i.kind AND inbox.subject = i.subject`,
    [items.map(({ device }) => device), items.map(({ kind }) => kind), items.map(({ subject }) => subject)],
  )
  await addToInboxes(transaction, items, nowMs)
}

/** Items after a position, oldest first; at least one if there is any, and no more than one event may carry. */
export async function readInbox(
  database: Queryable,
  device: DeviceNumber,
  after: bigint,
): Promise<readonly InboxRow[]> {
  const { rows } = await database.query<InboxRow>({
    name: 'read_inbox',
    text: `SELECT position, kind, at_ms AS "atMs", subject, log_position AS "logPosition", welcome
      FROM (
        SELECT page.*, welcome, sum(coalesce(octet_length(welcome), 0)) OVER (ORDER BY position) AS bytes
        FROM (SELECT * FROM inbox WHERE device = $1 AND position > $2 ORDER BY position LIMIT $3) AS page
        LEFT JOIN welcomes AS w ON w.chat_id = subject AND w.log_position = page.log_position
      ) AS item
      WHERE bytes <= $4 OR position = (SELECT min(position) FROM inbox WHERE device = $1 AND position > $2)
      ORDER BY position`,
    values: [device, after, MAX_INBOX_CHUNK_ITEMS, MAX_CHUNK_BYTES],
  })
  return rows
}

/** To which an item refers, if it is one. */
export function welcomeOf({ subject, logPosition }: Pick<InboxRow, 'subject' | 'logPosition'>): WelcomeKey[] {
  return logPosition === null ? [] : [{ chatId: ChatId.fromBytes(subject), logPosition }]
}
