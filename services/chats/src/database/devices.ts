import { AccountId, DeviceId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import { type Device, type DeviceKey, type DeviceNumber, deviceKey } from '../append/roster.ts'

/** Numbers of devices; those that have none yet get one. */
export async function ensureDevices(
  database: Queryable,
  devices: readonly Device[],
  { decoy = false } = {},
): Promise<Map<DeviceKey, DeviceNumber>> {
  if (devices.length === 0) return new Map()
  const ids = [
    devices.map(({ accountId }) => AccountId.toBytes(accountId)),
    devices.map(({ deviceId }) => DeviceId.toBytes(deviceId)),
  ]
  await database.query(
    `INSERT INTO devices (account_id, device_id, decoy)
     SELECT account_id, device_id, $3 FROM unnest($1::bytea[], $2::bytea[]) AS d (account_id, device_id)
     ORDER BY account_id, device_id
     ON CONFLICT DO NOTHING`,
    [...ids, decoy],
  )
  const { rows } = await database.query<{ device: DeviceNumber; account_id: Buffer; device_id: Buffer }>(
    `SELECT device, account_id, device_id FROM devices
     JOIN unnest($1::bytea[], $2::bytea[]) AS d (account_id, device_id) USING (account_id, device_id)`,
    ids,
  )
  return new Map(
    rows.map(({ device, account_id, device_id }) => [
      deviceKey({ accountId: AccountId.fromBytes(account_id), deviceId: DeviceId.fromBytes(device_id) }),
      device,
    ]),
  )
}

/** The number of one device; it gets one where it has none. */
export async function ensureDevice(database: Queryable, device: Device): Promise<DeviceNumber> {
  return (await ensureDevices(database, [device])).get(deviceKey(device))!
}

/** Takes away what stood in for devices that were not told of a request. */
export async function removeDecoys(database: Queryable): Promise<void> {
  await database.query('DELETE FROM devices WHERE decoy')
}
