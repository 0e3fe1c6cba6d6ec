/** How a service's keys stand, and the two things that an operator changes in its schema. */
import type { Database, Queryable } from '../database/database.ts'
import { sqlStateOf, sqlStates } from '../database/sql-state.ts'
import type { MasterKeyId } from './key-ring.ts'
import { adoptMasterKey, isNewestMasterKey } from './key-tables.ts'

export interface KeyStatus {
  /** How many data keys are wrapped under each master key in use, the one that came into use last first. */
  readonly masterKeys: readonly { readonly id: MasterKeyId; readonly dataKeys: number }[]
  /** Wrapped by an earlier version, which named no master key. */
  readonly unnamed: number
  readonly dataKeys: number
  /** Data keys of an earlier rotation than the one asked for last: what they seal is being sealed anew. */
  readonly toReplace: number
}

/** Undefined for a schema without keys: the server was not started since they were built in. */
export async function readKeyStatus(database: Queryable): Promise<KeyStatus | undefined> {
  const { rows: tables } = await database.query<{ there: boolean }>(
    "SELECT to_regclass('key_rotation') IS NOT NULL AS there",
  )
  if (!tables[0]!.there) return undefined
  const { rows } = await database.query<{ keyId: Buffer; dataKeys: bigint }>(
    `SELECT key_id AS "keyId", (SELECT count(*) FROM data_key WHERE master_key = master_key.key_id) AS "dataKeys"
     FROM master_key ORDER BY number DESC`,
  )
  const { rows: counts } = await database.query<{ unnamed: bigint; dataKeys: bigint; toReplace: bigint }>(
    `SELECT count(*) FILTER (WHERE master_key IS NULL) AS unnamed, count(*) AS "dataKeys",
       count(*) FILTER (WHERE rotation < wanted) AS "toReplace"
     FROM data_key CROSS JOIN key_rotation`,
  )
  const { unnamed, dataKeys, toReplace } = counts[0]!
  return {
    masterKeys: rows.map((row) => ({ id: row.keyId.toString('hex'), dataKeys: Number(row.dataKeys) })),
    unnamed: Number(unnamed),
    dataKeys: Number(dataKeys),
    toReplace: Number(toReplace),
  }
}

/** Asks for new data keys for everything, under this master key or a later one. */
export async function askForRotation(database: Database, masterKey: MasterKeyId): Promise<void> {
  await database.transaction(async (transaction) => {
    await adoptMasterKey(transaction, masterKey)
    await transaction.query('UPDATE key_rotation SET wanted = wanted + 1')
  })
}

export type Retirement =
  | { readonly kind: 'retired' }
  /** Something is still under another master key: nothing was changed. */
  | { readonly kind: 'in_use' }
  /** The key is not the one that came into use last here: nothing was changed. */
  | { readonly kind: 'not_newest' }

/** Ends every master key but this one, if nothing is under them: PostgreSQL itself sees to that. */
export async function retireOtherMasterKeys(database: Database, keep: MasterKeyId): Promise<Retirement> {
  try {
    return await database.transaction(async (transaction): Promise<Retirement> => {
      if (!(await isNewestMasterKey(transaction, keep))) return { kind: 'not_newest' }
      await transaction.query(
        `WITH gone AS (DELETE FROM master_key WHERE key_id <> $1 RETURNING key_id)
         INSERT INTO retired_master_key SELECT key_id FROM gone ON CONFLICT DO NOTHING`,
        [Buffer.from(keep, 'hex')],
      )
      const unnamed = await transaction.query('SELECT FROM data_key WHERE master_key IS NULL LIMIT 1')
      if (unnamed.rowCount > 0) throw new UnnamedKeysError()
      return { kind: 'retired' }
    })
  } catch (error) {
    if (error instanceof UnnamedKeysError || sqlStateOf(error) === sqlStates.foreignKeyViolation) {
      return { kind: 'in_use' }
    }
    throw error
  }
}

/** Rolls back. */
class UnnamedKeysError extends Error {
  override readonly name = 'UnnamedKeysError'
}
