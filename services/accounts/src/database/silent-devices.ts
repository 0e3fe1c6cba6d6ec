/** Devices that give no sign of themselves, and the days by which that is counted. */
import { AccountId, DeviceId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import { MAX_REVOCATIONS, SILENT_DAYS } from '../limits.ts'
import { type Device, type DeviceRow, endDevice, toDevice } from './devices.ts'

const COLUMNS = 'account_id, device_id, certificate, signature_key, enrolled_day, seen_day'

/**
 * Writes down that the server is there today.
 * @returns the day since when devices must have been seen; undefined until the server was there on enough days
 */
export async function markServerDay(database: Queryable, today: number): Promise<number | undefined> {
  await database.query('INSERT INTO server_day VALUES ($1) ON CONFLICT DO NOTHING', [today])
  const { rows } = await database.query<{ day: number }>(
    'SELECT day FROM server_day ORDER BY day DESC OFFSET $1 LIMIT 1',
    [SILENT_DAYS],
  )
  const since = rows[0]?.day
  if (since !== undefined) await database.query('DELETE FROM server_day WHERE day < $1', [since])
  return since
}

/** Active devices that were not seen since a day. */
export async function findSilent(
  database: Queryable,
  since: number,
): Promise<readonly Pick<Device, 'accountId' | 'deviceId'>[]> {
  const { rows } = await database.query<Pick<DeviceRow, 'account_id' | 'device_id'>>(
    'SELECT account_id, device_id FROM device WHERE NOT revoked AND seen_day < $1',
    [since],
  )
  return rows.map(({ account_id, device_id }) => ({
    accountId: AccountId.fromBytes(account_id),
    deviceId: DeviceId.fromBytes(device_id),
  }))
}

/** Ends a device. @returns false where it was seen since, or has ended already */
export async function endSilent(
  transaction: Queryable,
  device: Pick<Device, 'accountId' | 'deviceId'>,
  since: number,
  today: number,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE device SET silent = true
     WHERE account_id = $1 AND device_id = $2 AND NOT revoked AND seen_day < $3`,
    [AccountId.toBytes(device.accountId), DeviceId.toBytes(device.deviceId), since],
  )
  return rowCount > 0 && endDevice(transaction, device, today)
}

/** One that was ended so, and that its account has not revoked. */
export async function findSilentDevice(
  database: Queryable,
  accountId: AccountId,
  deviceId: DeviceId,
): Promise<Device | undefined> {
  const { rows } = await database.query<DeviceRow>(
    `SELECT ${COLUMNS} FROM device WHERE account_id = $1 AND device_id = $2 AND silent AND revocation IS NULL`,
    [AccountId.toBytes(accountId), DeviceId.toBytes(deviceId)],
  )
  return rows.map(toDevice)[0]
}

/** All of them of an account; no more than it can revoke by one call. */
export async function listSilent(database: Queryable, accountId: AccountId): Promise<readonly Device[]> {
  const { rows } = await database.query<DeviceRow>(
    `SELECT ${COLUMNS} FROM device WHERE account_id = $1 AND silent AND revocation IS NULL
     ORDER BY device_id LIMIT $2`,
    [AccountId.toBytes(accountId), MAX_REVOCATIONS],
  )
  return rows.map(toDevice)
}
