import { AccountId, DeviceId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import { MAX_REVOCATIONS } from '../limits.ts'

/** A device as its account certified it. */
export interface CertifiedDevice {
  readonly accountId: AccountId
  readonly deviceId: DeviceId
  readonly certificate: Uint8Array
  /** 32 bytes, Ed25519. */
  readonly signatureKey: Uint8Array
}

export interface Device extends CertifiedDevice {
  /** Days since 1970. */
  readonly enrolledDay: number
  readonly seenDay: number
}

/** False where the id was used before, by a revoked device too. */
export async function insertDevice(
  database: Queryable,
  device: CertifiedDevice,
  day: number,
): Promise<boolean> {
  const { rowCount } = await database.query(
    `INSERT INTO device (account_id, device_id, certificate, signature_key, enrolled_day, seen_day)
     VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT DO NOTHING`,
    [
      AccountId.toBytes(device.accountId),
      DeviceId.toBytes(device.deviceId),
      device.certificate,
      device.signatureKey,
      day,
    ],
  )
  return rowCount > 0
}

/** The active devices of accounts, in the order of their ids. */
export async function listDevices(database: Queryable, accountIds: readonly AccountId[]): Promise<Device[]> {
  const { rows } = await database.query<DeviceRow>(
    `SELECT account_id, device_id, certificate, signature_key, enrolled_day, seen_day FROM device
     WHERE account_id = ANY($1::bytea[]) AND NOT revoked ORDER BY account_id, device_id`,
    [accountIds.map(AccountId.toBytes)],
  )
  return rows.map(toDevice)
}

export async function findDevice(
  database: Queryable,
  accountId: AccountId,
  deviceId: DeviceId,
): Promise<Device | undefined> {
  const { rows } = await database.query<DeviceRow>(
    `SELECT account_id, device_id, certificate, signature_key, enrolled_day, seen_day FROM device
     WHERE account_id = $1 AND device_id = $2 AND NOT revoked`,
    [AccountId.toBytes(accountId), DeviceId.toBytes(deviceId)],
  )
  return rows.map(toDevice)[0]
}

/** Those of these devices that there are or were; without the rest, and in no order. */
export async function findCertified(
  database: Queryable,
  devices: readonly Pick<Device, 'accountId' | 'deviceId'>[],
): Promise<readonly CertifiedDevice[]> {
  const { rows } = await database.query<DeviceRow>(
    `SELECT account_id, device_id, certificate, signature_key, enrolled_day, seen_day
     FROM device JOIN unnest($1::bytea[], $2::bytea[]) AS d (account_id, device_id) USING (account_id, device_id)`,
    [
      devices.map(({ accountId }) => AccountId.toBytes(accountId)),
      devices.map(({ deviceId }) => DeviceId.toBytes(deviceId)),
    ],
  )
  return rows.map(toDevice)
}

export interface UnrevokedDevice {
  readonly deviceId: DeviceId
  readonly active: boolean
  readonly seenDay: number
}

/**
 * Devices that the account has not revoked by its own word, ended ones included: the active ones first, and no more than
 * it can revoke by one call.
 */
export async function listUnrevoked(
  database: Queryable,
  accountId: AccountId,
): Promise<readonly UnrevokedDevice[]> {
  const { rows } = await database.query<{ device_id: Buffer; active: boolean; seen_day: number }>(
    `SELECT device_id, NOT revoked AS active, seen_day FROM device
     WHERE account_id = $1 AND revocation IS NULL ORDER BY revoked, device_id LIMIT $2`,
    [AccountId.toBytes(accountId), MAX_REVOCATIONS],
  )
  return rows.map(({ device_id, active, seen_day }) => ({
    deviceId: DeviceId.fromBytes(device_id),
    active,
    seenDay: seen_day,
  }))
}

/** Whether all of these are the account's, or were. */
export async function areOfAccount(
  database: Queryable,
  accountId: AccountId,
  deviceIds: readonly DeviceId[],
): Promise<boolean> {
  const unique = [...new Set(deviceIds)]
  const { rowCount } = await database.query(
    'SELECT 1 FROM device WHERE account_id = $1 AND device_id = ANY($2::bytea[])',
    [AccountId.toBytes(accountId), unique.map(DeviceId.toBytes)],
  )
  return rowCount === unique.length
}

/**
 * Takes a device off its account, with its key packages. One that has ended already only gets the account's word; the
 * day is that of the last of the two.
 * @param revocation DeviceRevocation bytes, where the account itself has said so
 * @returns whether anything has changed by it
 */
export async function endDevice(
  transaction: Queryable,
  { accountId, deviceId }: Pick<Device, 'accountId' | 'deviceId'>,
  day: number,
  revocation?: Uint8Array,
): Promise<boolean> {
  const ids = [AccountId.toBytes(accountId), DeviceId.toBytes(deviceId)]
  await lockDevice(transaction, accountId, deviceId)
  const { rowCount } = await transaction.query(
    `UPDATE device SET revoked = true, ended_day = $3, revocation = $4
     WHERE account_id = $1 AND device_id = $2 AND (NOT revoked OR revocation IS NULL AND $4::bytea IS NOT NULL)`,
    [...ids, day, revocation ?? null],
  )
  for (const table of ['key_package', 'last_resort_key_package']) {
    await transaction.query(`DELETE FROM ${table} WHERE account_id = $1 AND device_id = $2`, ids)
  }
  return rowCount > 0
}

/** Devices that ended on a day or later, or were then revoked by the account's own word. */
export async function listEnded(
  database: Queryable,
  sinceDay: number,
): Promise<readonly (Pick<Device, 'accountId' | 'deviceId'> & { readonly revoked: boolean })[]> {
  const { rows } = await database.query<Pick<DeviceRow, 'account_id' | 'device_id'> & { revoked: boolean }>(
    'SELECT account_id, device_id, revocation IS NOT NULL AS revoked FROM device WHERE ended_day >= $1',
    [sinceDay],
  )
  return rows.map(({ account_id, device_id, revoked }) => ({
    accountId: AccountId.fromBytes(account_id),
    deviceId: DeviceId.fromBytes(device_id),
    revoked,
  }))
}

/** Active devices of accounts that have never had a key package in store, or have none left. */
export async function listUnready(
  database: Queryable,
  accountIds: readonly AccountId[],
): Promise<readonly Pick<Device, 'accountId' | 'deviceId'>[]> {
  const { rows } = await database.query<Pick<DeviceRow, 'account_id' | 'device_id'>>(
    `SELECT account_id, device_id FROM device
     WHERE account_id = ANY($1::bytea[]) AND NOT revoked
       AND NOT EXISTS (SELECT FROM last_resort_key_package AS last
         WHERE last.account_id = device.account_id AND last.device_id = device.device_id)
       AND NOT EXISTS (SELECT FROM key_package AS one
         WHERE one.account_id = device.account_id AND one.device_id = device.device_id)`,
    [accountIds.map(AccountId.toBytes)],
  )
  return rows.map(({ account_id, device_id }) => ({
    accountId: AccountId.fromBytes(account_id),
    deviceId: DeviceId.fromBytes(device_id),
  }))
}

/** What accounts themselves say of devices that are no longer theirs, the newest first. */
export async function listRevocations(
  database: Queryable,
  accountIds: readonly AccountId[],
): Promise<readonly { readonly accountId: AccountId; readonly revocation: Uint8Array }[]> {
  const { rows } = await database.query<{ account_id: Buffer; revocation: Buffer }>(
    `SELECT account_id, revocation FROM device
     WHERE account_id = ANY($1::bytea[]) AND revocation IS NOT NULL ORDER BY ended_day DESC, device_id`,
    [accountIds.map(AccountId.toBytes)],
  )
  return rows.map(({ account_id, revocation }) => ({
    accountId: AccountId.fromBytes(account_id),
    revocation: Uint8Array.from(revocation),
  }))
}

/** Writes at most once a day. */
export async function markSeen(database: Queryable, device: Device, day: number): Promise<void> {
  if (device.seenDay >= day) return
  await database.query(
    'UPDATE device SET seen_day = $3 WHERE account_id = $1 AND device_id = $2 AND seen_day < $3',
    [AccountId.toBytes(device.accountId), DeviceId.toBytes(device.deviceId), day],
  )
}

/**
 * Until the transaction ends, no key package of the device is claimed, and claims under way have ended. False where
 * there is no such active device.
 */
export async function lockDevice(
  transaction: Queryable,
  accountId: AccountId,
  deviceId: DeviceId,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'SELECT 1 FROM device WHERE account_id = $1 AND device_id = $2 AND NOT revoked FOR UPDATE',
    [AccountId.toBytes(accountId), DeviceId.toBytes(deviceId)],
  )
  return rowCount > 0
}

/** The active devices of an account, which `lockDevice` cannot lock until the transaction ends; claims share them. */
export async function holdDevices(transaction: Queryable, accountId: AccountId): Promise<DeviceId[]> {
  const { rows } = await transaction.query<{ device_id: Buffer }>(
    'SELECT device_id FROM device WHERE account_id = $1 AND NOT revoked ORDER BY device_id FOR KEY SHARE',
    [AccountId.toBytes(accountId)],
  )
  return rows.map((row) => DeviceId.fromBytes(row.device_id))
}

export interface DeviceRow {
  readonly account_id: Buffer
  readonly device_id: Buffer
  readonly certificate: Buffer
  readonly signature_key: Buffer
  readonly enrolled_day: number
  readonly seen_day: number
}

export function toDevice(row: DeviceRow): Device {
  return {
    accountId: AccountId.fromBytes(row.account_id),
    deviceId: DeviceId.fromBytes(row.device_id),
    certificate: row.certificate,
    signatureKey: row.signature_key,
    enrolledDay: row.enrolled_day,
    seenDay: row.seen_day,
  }
}
