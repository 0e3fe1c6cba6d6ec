import { AccountId, DeviceId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'

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

interface DeviceRow {
  readonly account_id: Buffer
  readonly device_id: Buffer
  readonly certificate: Buffer
  readonly signature_key: Buffer
  readonly enrolled_day: number
  readonly seen_day: number
}

function toDevice(row: DeviceRow): Device {
  return {
    accountId: AccountId.fromBytes(row.account_id),
    deviceId: DeviceId.fromBytes(row.device_id),
    certificate: row.certificate,
    signatureKey: row.signature_key,
    enrolledDay: row.enrolled_day,
    seenDay: row.seen_day,
  }
}
