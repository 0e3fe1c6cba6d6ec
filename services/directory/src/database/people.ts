/** The index: open accounts, as accounts last told of them. Never shown before accounts was asked again. */
import { AccountId } from '@veche/protocol'
import type { Database, Queryable } from '@veche/service-kit'
import type { LookUpKeys } from '../text/query.ts'

export interface IndexedPerson {
  readonly accountId: AccountId
  readonly handle: string
  readonly displayName: string
}

export interface IndexEntry extends IndexedPerson {
  readonly keys: readonly number[]
  readonly keysVersion: number
}

export interface LookUp {
  /** Whoever has exactly this handle is found. */
  readonly handle: string
  readonly keys: LookUpKeys
  readonly limit: number
}

interface PersonRow {
  readonly account_id: Buffer
  readonly handle: string
  readonly display_name: string
}

/**
 * Who has this handle comes first, then those who have a whole word of the query, then those who have a word that
 * begins as typed, then those whose handle begins so, then by handle. Without the setting PostgreSQL would rather compare every row with eighty keys, which takes seconds: it
 * counts that as one step.
 */
export async function lookUpPeople(
  database: Database,
  { handle, keys: { first, second, whole, beginnings }, limit }: LookUp,
): Promise<IndexedPerson[]> {
  const lookUp = async (transaction: Queryable) => {
    await transaction.query('SET LOCAL enable_seqscan = off')
    return transaction.query<PersonRow>(
      `SELECT account_id, handle, display_name FROM person
       WHERE handle = $1 OR (keys && $2::integer[] AND ($3::integer[] = '{}' OR keys && $3))
       ORDER BY handle <> $1, NOT keys && $4::integer[], NOT keys && $5::integer[], NOT starts_with(handle, $1), handle
       LIMIT $6`,
      [handle, first, second, whole, beginnings, limit],
    )
  }
  const { rows } = await database.transaction(lookUp, { readOnly: true })
  return rows.map(toPerson)
}

/** Until the transaction ends, nobody else changes the index. */
export async function lockIndex(transaction: Queryable): Promise<void> {
  await transaction.query("SELECT pg_advisory_xact_lock(hashtextextended('directory index', 0))")
}

/** Puts them in, in the place of what was there. */
export async function storePeople(transaction: Queryable, people: readonly IndexEntry[]): Promise<void> {
  for (const { accountId, handle, displayName, keys, keysVersion } of people) {
    await transaction.query({
      name: 'store_person',
      text: `INSERT INTO person (account_id, handle, display_name, keys, keys_version) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account_id) DO UPDATE SET handle = excluded.handle, display_name = excluded.display_name,
          keys = excluded.keys, keys_version = excluded.keys_version`,
      values: [AccountId.toBytes(accountId), handle, displayName, keys, keysVersion],
    })
  }
}

export async function deletePeople(transaction: Queryable, accountIds: readonly AccountId[]): Promise<void> {
  if (accountIds.length === 0) return
  await transaction.query('DELETE FROM person WHERE account_id = ANY ($1::bytea[])', [
    accountIds.map(AccountId.toBytes),
  ])
}

export interface IndexRange {
  /** The first id is greater than this one; undefined: from the beginning. */
  readonly after: AccountId | undefined
  /** The last id there may be; undefined: to the end. */
  readonly through: AccountId | undefined
}

/** Whom the index holds in a range of ids, with the version of their keys. */
export async function listRange(
  database: Queryable,
  { after, through }: IndexRange,
): Promise<(IndexedPerson & { readonly keysVersion: number })[]> {
  const { rows } = await database.query<PersonRow & { readonly keys_version: number }>(
    `SELECT account_id, handle, display_name, keys_version FROM person
     WHERE account_id > $1 AND ($2::bytea IS NULL OR account_id <= $2)`,
    [after ? AccountId.toBytes(after) : new Uint8Array(), through ? AccountId.toBytes(through) : null],
  )
  return rows.map((row) => ({ ...toPerson(row), keysVersion: row.keys_version }))
}

function toPerson({ account_id, handle, display_name }: PersonRow): IndexedPerson {
  return { accountId: AccountId.fromBytes(account_id), handle, displayName: display_name }
}
