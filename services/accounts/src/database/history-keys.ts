/** The history keys in accounts' backups. Batches are added and never changed. */
import { createHash } from 'node:crypto'
import { AccountId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'

export interface HistoryKeysBatch {
  readonly number: bigint
  readonly sealed: Uint8Array
}

/**
 * The account is locked. The same bytes again are stored once.
 * @returns false where there is no room for them
 */
export async function addHistoryKeys(
  transaction: Queryable,
  accountId: AccountId,
  sealed: Uint8Array,
  maxTotalBytes: number,
): Promise<boolean> {
  const account = AccountId.toBytes(accountId)
  const hash = createHash('sha256').update(sealed).digest()
  const { rowCount: known } = await transaction.query(
    'SELECT FROM history_key WHERE account_id = $1 AND hash = $2',
    [account, hash],
  )
  if (known > 0) return true
  const { rowCount } = await transaction.query(
    `INSERT INTO history_key (account_id, number, hash, sealed, total_bytes)
     SELECT $1::bytea, coalesce(max(number), 0) + 1, $2::bytea, $3::bytea, coalesce(max(total_bytes), 0) + octet_length($3::bytea)
     FROM (SELECT number, total_bytes FROM history_key WHERE account_id = $1 ORDER BY number DESC LIMIT 1) AS last
     HAVING coalesce(max(total_bytes), 0) + octet_length($3::bytea) <= $4`,
    [account, hash, sealed, maxTotalBytes],
  )
  return rowCount > 0
}

/** Batches after a number, in their order; at least one if there is any, and no more than `maxBytes` in all. */
export async function listHistoryKeys(
  database: Queryable,
  accountId: AccountId,
  after: bigint,
  maxBytes: number,
): Promise<{ readonly batches: readonly HistoryKeysBatch[]; readonly more: boolean }> {
  const { rows } = await database.query<{ number: bigint; sealed: Buffer; last: bigint }>({
    name: 'list_history_keys',
    text: `WITH first AS MATERIALIZED (
        SELECT number, total_bytes - octet_length(sealed) AS start FROM history_key
        WHERE account_id = $1 AND number > $2 ORDER BY number LIMIT 1
      )
      SELECT key.number, sealed,
        (SELECT max(number) FROM history_key WHERE account_id = $1) AS last
      FROM history_key AS key, first
      WHERE account_id = $1 AND key.number > $2
        AND (key.total_bytes <= first.start + $3 OR key.number = first.number)
      ORDER BY key.number LIMIT 1000`,
    values: [AccountId.toBytes(accountId), after, maxBytes],
  })
  const batches = rows.map(({ number, sealed }) => ({ number, sealed: Uint8Array.from(sealed) }))
  return { batches, more: rows.length > 0 && rows.at(-1)!.number < rows[0]!.last }
}
