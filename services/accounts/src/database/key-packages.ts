/**
 * Key packages. A one-time package is given out once for ever (attack A15): what was given out is remembered by its
 * reference until its lifetime ends, after which it could not be uploaded again anyway.
 *
 * A package that ends more than its whole lifetime from now was stored while the clock was ahead, and nobody could use it
 * yet: it counts for nothing until then, so that its device makes others.
 */
import { AccountId, DeviceId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'

export interface StoredKeyPackage {
  /** KeyPackageRef, 32 bytes (RFC 9420 section 5.2). */
  readonly reference: Uint8Array
  readonly keyPackage: Uint8Array
  /** The day on which its lifetime ends, days since 1970. */
  readonly expiresDay: number
}

/** Days, as readDeviceKeyPackage allows. */
const MAX_LIFETIME_DAYS = 91
const IS_ITS_TIME = `expires_day > $3 AND expires_day <= $3 + ${MAX_LIFETIME_DAYS}`

interface DevicePath {
  readonly accountId: AccountId
  readonly deviceId: DeviceId
}

/** Adds packages, but for those given out or stored already. The device must be locked. */
export async function insertKeyPackages(
  transaction: Queryable,
  device: DevicePath,
  packages: readonly StoredKeyPackage[],
): Promise<void> {
  await transaction.query(
    `INSERT INTO key_package (account_id, device_id, reference, key_package, expires_day)
     SELECT $1, $2, new.* FROM unnest($3::bytea[], $4::bytea[], $5::int[]) AS new (reference, key_package, expires_day)
     WHERE NOT EXISTS (SELECT 1 FROM spent_key_package spent WHERE spent.reference = new.reference)
     ON CONFLICT DO NOTHING`,
    [
      ...devicePath(device),
      packages.map(({ reference }) => reference),
      packages.map(({ keyPackage }) => keyPackage),
      packages.map(({ expiresDay }) => expiresDay),
    ],
  )
}

/** One-time packages that can be given out on `day`. */
export async function countKeyPackages(
  database: Queryable,
  device: DevicePath,
  day: number,
): Promise<number> {
  const { rows } = await database.query<{ count: bigint }>(
    `SELECT count(*) FROM key_package WHERE account_id = $1 AND device_id = $2 AND ${IS_ITS_TIME}`,
    [...devicePath(device), day],
  )
  return Number(rows[0]?.count ?? 0)
}

/** Removes a one-time package and gives it, once for ever; claims at the same time get others. */
export async function takeKeyPackage(
  transaction: Queryable,
  device: DevicePath,
  day: number,
): Promise<Uint8Array | undefined> {
  const { rows } = await transaction.query<{ key_package: Buffer }>(
    `WITH taken AS (
       DELETE FROM key_package WHERE reference = (
         SELECT reference FROM key_package WHERE account_id = $1 AND device_id = $2 AND ${IS_ITS_TIME}
         ORDER BY expires_day LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING reference, key_package, expires_day
     ), spent AS (
       INSERT INTO spent_key_package (reference, expires_day) SELECT reference, expires_day FROM taken
     )
     SELECT key_package FROM taken`,
    [...devicePath(device), day],
  )
  return rows[0]?.key_package
}

export async function replaceLastResort(
  transaction: Queryable,
  device: DevicePath,
  { keyPackage, expiresDay }: StoredKeyPackage,
): Promise<void> {
  await transaction.query(
    `INSERT INTO last_resort_key_package (account_id, device_id, key_package, expires_day) VALUES ($1, $2, $3, $4)
     ON CONFLICT (account_id, device_id)
     DO UPDATE SET key_package = excluded.key_package, expires_day = excluded.expires_day`,
    [...devicePath(device), keyPackage, expiresDay],
  )
}

export async function findLastResort(
  database: Queryable,
  device: DevicePath,
  day: number,
): Promise<Uint8Array | undefined> {
  const { rows } = await database.query<{ key_package: Buffer }>(
    `SELECT key_package FROM last_resort_key_package
     WHERE account_id = $1 AND device_id = $2 AND ${IS_ITS_TIME}`,
    [...devicePath(device), day],
  )
  return rows[0]?.key_package
}

/** Forgets packages whose lifetime has ended. */
export async function sweepKeyPackages(database: Queryable, day: number): Promise<void> {
  for (const table of ['key_package', 'spent_key_package', 'last_resort_key_package']) {
    await database.query(`DELETE FROM ${table} WHERE expires_day <= $1`, [day])
  }
}

function devicePath({ accountId, deviceId }: DevicePath): [Uint8Array, Uint8Array] {
  return [AccountId.toBytes(accountId), DeviceId.toBytes(deviceId)]
}
