import { AccountId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import type { Handle } from '../names/handle.ts'

export interface OpaqueRecord {
  readonly accountId: AccountId
  readonly opaqueVersion: number
  readonly record: string
}

export async function insertOpaqueRecord(database: Queryable, record: OpaqueRecord): Promise<void> {
  await database.query('INSERT INTO opaque_record (account_id, opaque_version, record) VALUES ($1, $2, $3)', [
    AccountId.toBytes(record.accountId),
    record.opaqueVersion,
    record.record,
  ])
}

/** One statement, whether the handle is known or not (attack B1). */
export async function findOpaqueRecord(
  database: Queryable,
  handle: Handle,
): Promise<OpaqueRecord | undefined> {
  const { rows } = await database.query<{ account_id: Buffer; opaque_version: number; record: string }>({
    name: 'find_opaque_record',
    text: `SELECT account_id, opaque_version, record FROM account JOIN opaque_record USING (account_id)
           WHERE handle = $1`,
    values: [handle],
  })
  return rows.map((row) => ({
    accountId: AccountId.fromBytes(row.account_id),
    opaqueVersion: row.opaque_version,
    record: row.record,
  }))[0]
}
