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

export async function replaceOpaqueRecord(
  transaction: Queryable,
  { accountId, opaqueVersion, record }: OpaqueRecord,
): Promise<void> {
  await transaction.query('UPDATE opaque_record SET opaque_version = $2, record = $3 WHERE account_id = $1', [
    AccountId.toBytes(accountId),
    opaqueVersion,
    record,
  ])
}

export async function findRecord(database: Queryable, accountId: AccountId): Promise<string | undefined> {
  const { rows } = await database.query<Pick<OpaqueRecordRow, 'record'>>(
    'SELECT record FROM opaque_record WHERE account_id = $1',
    [AccountId.toBytes(accountId)],
  )
  return rows[0]?.record
}

/**
 * The record to sign in with. For an unknown handle it is `fake`, by way of PostgreSQL: one statement and one row of
 * the same size, whether the handle is known or not (attack B1).
 */
export async function findOpaqueRecord(
  database: Queryable,
  handle: Handle,
  fake: OpaqueRecord,
): Promise<OpaqueRecord & { readonly known: boolean }> {
  const { rows } = await database.query<OpaqueRecordRow>({
    name: 'find_opaque_record',
    text: `SELECT coalesce(found.account_id, fake.account_id) AS account_id,
             coalesce(found.opaque_version, fake.opaque_version) AS opaque_version,
             coalesce(found.record, fake.record) AS record, found.account_id IS NOT NULL AS known
           FROM (VALUES ($2::bytea, $3::int, $4)) AS fake (account_id, opaque_version, record)
           LEFT JOIN (account JOIN opaque_record USING (account_id)) AS found ON found.handle = $1`,
    values: [handle, AccountId.toBytes(fake.accountId), fake.opaqueVersion, fake.record],
  })
  const { account_id, opaque_version, record, known } = rows[0]!
  return { accountId: AccountId.fromBytes(account_id), opaqueVersion: opaque_version, record, known }
}

interface OpaqueRecordRow {
  readonly account_id: Buffer
  readonly opaque_version: number
  readonly record: string
  readonly known: boolean
}
