/** The tables of a service's keys, the same in every service's schema, and what is asked of them. */
import type { Queryable } from '../database/database.ts'
import type { Migration } from '../database/migrations.ts'
import type { MasterKeyId } from './key-ring.ts'
import type { DataKeyId, DataKeyPlace, WrappedDataKey } from './sealing.ts'

/** @param name of the migration, as `YYYYMMDDhhmm_data_key` */
export function keyTables(name: string): Migration {
  return {
    name,
    sql: `
      -- Master keys in use: ids only, numbered in the order in which they came into use.
      CREATE TABLE master_key (
        key_id bytea PRIMARY KEY,
        number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
      );
      -- Those that must not come into use again.
      CREATE TABLE retired_master_key (key_id bytea PRIMARY KEY);
      CREATE TABLE data_key (
        purpose text NOT NULL,
        owner bytea NOT NULL,
        key_id bytea NOT NULL,
        -- Sealed under the master key; NULL in version 1, which names none.
        wrapped bytea NOT NULL,
        master_key bytea REFERENCES master_key,
        -- The one that seals; others of the same owner only open.
        current boolean NOT NULL DEFAULT true,
        -- The rotation that it was made in; NULL: never replaced, as it is itself what is kept.
        rotation integer,
        PRIMARY KEY (purpose, owner, key_id)
      );
      CREATE UNIQUE INDEX data_key_current ON data_key (purpose, owner) WHERE current;
      CREATE INDEX data_key_master_key ON data_key (master_key);
      CREATE INDEX data_key_rotation ON data_key (purpose, rotation);
      -- How many rotations of the data keys were asked for.
      CREATE TABLE key_rotation (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        wanted integer NOT NULL
      );
      INSERT INTO key_rotation (wanted) VALUES (0);
    `,
  }
}

export interface DataKeyRow extends DataKeyPlace {
  readonly wrapped: Uint8Array
}

interface RawDataKey {
  readonly purpose: string
  readonly owner: Buffer
  readonly keyId: Buffer
  readonly wrapped: Buffer
}

const COLUMNS = 'purpose, owner, key_id AS "keyId", wrapped'

/** Notes a master key as in use. @returns false where it was retired */
export async function adoptMasterKey(database: Queryable, id: MasterKeyId): Promise<boolean> {
  await database.query(
    `INSERT INTO master_key (key_id)
     SELECT $1 WHERE NOT EXISTS (SELECT FROM retired_master_key WHERE key_id = $1)
       AND NOT EXISTS (SELECT FROM master_key WHERE key_id = $1)
     ON CONFLICT DO NOTHING`,
    [bytes(id)],
  )
  const { rowCount } = await database.query('SELECT FROM master_key WHERE key_id = $1', [bytes(id)])
  return rowCount > 0
}

/**
 * As the owner's current key.
 * @param replaced whether rotations replace it: it is of the one that was asked for last
 * @returns false where the owner has one already
 */
export async function insertDataKey(
  database: Queryable,
  { purpose, owner, id, wrapped, masterKey }: DataKeyPlace & WrappedDataKey,
  replaced: boolean,
): Promise<boolean> {
  const { rowCount } = await database.query(
    `INSERT INTO data_key (purpose, owner, key_id, wrapped, master_key, rotation)
     SELECT $1, $2, $3, $4, $5, CASE WHEN $6 THEN wanted END FROM key_rotation
     ON CONFLICT (purpose, owner) WHERE current DO NOTHING`,
    [purpose, owner, bytes(id), wrapped, bytes(masterKey), replaced],
  )
  return rowCount > 0
}

export async function findDataKeys(
  database: Queryable,
  places: readonly DataKeyPlace[],
): Promise<readonly DataKeyRow[]> {
  const { rows } = await database.query<RawDataKey>({
    name: 'find_data_keys',
    text: `SELECT ${COLUMNS} FROM data_key
      JOIN unnest($1::text[], $2::bytea[], $3::bytea[]) AS p (purpose, owner, key_id)
        USING (purpose, owner, key_id)`,
    values: [
      places.map(({ purpose }) => purpose),
      places.map(({ owner }) => owner),
      places.map(({ id }) => bytes(id)),
    ],
  })
  return rows.map(toRow)
}

/** The owner's current key; with `lock`, it stays current until the transaction ends. */
export async function findCurrentDataKey(
  database: Queryable,
  purpose: string,
  owner: Uint8Array,
  lock?: 'FOR SHARE',
): Promise<DataKeyRow | undefined> {
  const { rows } = await database.query<RawDataKey>(
    `SELECT ${COLUMNS} FROM data_key WHERE purpose = $1 AND owner = $2 AND current ${lock ?? ''}`,
    [purpose, owner],
  )
  return rows.map(toRow)[0]
}

/** Makes way for a new current key where the present one is of an earlier rotation. @returns whether it was */
export async function supersedeDataKey(
  transaction: Queryable,
  purpose: string,
  owner: Uint8Array,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE data_key SET current = false FROM key_rotation
     WHERE purpose = $1 AND owner = $2 AND current AND rotation < wanted`,
    [purpose, owner],
  )
  return rowCount > 0
}

/** Forgets the keys that seal nothing any more. */
export async function deleteOldDataKeys(
  transaction: Queryable,
  purpose: string,
  owner: Uint8Array,
): Promise<void> {
  await transaction.query('DELETE FROM data_key WHERE purpose = $1 AND owner = $2 AND NOT current', [
    purpose,
    owner,
  ])
}

/** Owners with a key of an earlier rotation than the one asked for last, in their order. */
export async function findOwnersToRotate(
  database: Queryable,
  purpose: string,
  after: Uint8Array,
  limit: number,
): Promise<readonly Buffer[]> {
  const { rows } = await database.query<{ owner: Buffer }>(
    `SELECT DISTINCT owner FROM data_key JOIN key_rotation ON rotation < wanted
     WHERE purpose = $1 AND owner > $2 ORDER BY owner LIMIT $3`,
    [purpose, after, limit],
  )
  return rows.map(({ owner }) => owner)
}

/** Master keys that came into use before this one and were not retired. */
export async function findOlderMasterKeys(
  database: Queryable,
  id: MasterKeyId,
): Promise<readonly MasterKeyId[]> {
  const { rows } = await database.query<{ keyId: Buffer }>(
    `SELECT key_id AS "keyId" FROM master_key
     WHERE number < (SELECT number FROM master_key WHERE key_id = $1)`,
    [bytes(id)],
  )
  return rows.map(({ keyId }) => hexOf(keyId))
}

/** Wrapped keys under one of these master keys, or that name none; after a row, in their order. */
export async function lockDataKeysUnder(
  transaction: Queryable,
  masterKeys: readonly MasterKeyId[],
  after: DataKeyPlace,
  limit: number,
): Promise<readonly DataKeyRow[]> {
  const { rows } = await transaction.query<RawDataKey>(
    `SELECT ${COLUMNS} FROM data_key
     WHERE (master_key IS NULL OR master_key = ANY ($1::bytea[]))
       AND (purpose, owner, key_id) > ($2, $3, $4)
     ORDER BY purpose, owner, key_id LIMIT $5 FOR NO KEY UPDATE SKIP LOCKED`,
    [masterKeys.map(bytes), after.purpose, after.owner, bytes(after.id), limit],
  )
  return rows.map(toRow)
}

export async function storeRewrapped(
  transaction: Queryable,
  keys: readonly (DataKeyPlace & WrappedDataKey)[],
): Promise<void> {
  if (keys.length === 0) return
  await transaction.query(
    `UPDATE data_key SET wrapped = k.wrapped, master_key = k.master_key
     FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[])
       AS k (purpose, owner, key_id, wrapped, master_key)
     WHERE data_key.purpose = k.purpose AND data_key.owner = k.owner AND data_key.key_id = k.key_id`,
    [
      keys.map(({ purpose }) => purpose),
      keys.map(({ owner }) => owner),
      keys.map(({ id }) => bytes(id)),
      keys.map(({ wrapped }) => wrapped),
      keys.map(({ masterKey }) => bytes(masterKey)),
    ],
  )
}

/** Whether anything is to be brought under this master key or a newer data key: the one question of an idle server. */
export async function isWorkLeft(
  database: Queryable,
  current: MasterKeyId,
  purposes: readonly string[],
): Promise<boolean> {
  const { rows } = await database.query<{ isLeft: boolean }>({
    name: 'is_key_work_left',
    text: `SELECT NOT EXISTS (SELECT FROM master_key WHERE key_id = $1)
        OR EXISTS (SELECT FROM data_key WHERE master_key IS NULL)
        OR EXISTS (SELECT FROM master_key AS m WHERE key_id <> $1
          AND EXISTS (SELECT FROM data_key WHERE master_key = m.key_id))
        OR EXISTS (SELECT FROM key_rotation JOIN data_key ON rotation < wanted WHERE purpose = ANY ($2))
        AS "isLeft"`,
    values: [bytes(current), purposes],
  })
  return rows[0]!.isLeft
}

/** Whether no other master key came into use after this one. */
export async function isNewestMasterKey(database: Queryable, id: MasterKeyId): Promise<boolean> {
  const { rowCount } = await database.query(
    'SELECT FROM master_key WHERE key_id = $1 AND number = (SELECT max(number) FROM master_key)',
    [bytes(id)],
  )
  return rowCount > 0
}

function toRow({ purpose, owner, keyId, wrapped }: RawDataKey): DataKeyRow {
  return { purpose, owner, id: hexOf(keyId), wrapped }
}

function bytes(id: MasterKeyId | DataKeyId): Buffer {
  return Buffer.from(id, 'hex')
}

function hexOf(id: Buffer): string {
  return id.toString('hex')
}
