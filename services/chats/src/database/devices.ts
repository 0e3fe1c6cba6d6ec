import { AccountId, DeviceId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import { type Device, type DeviceKey, type DeviceNumber, deviceKey } from '../append/roster.ts'

/** Numbers of devices; those that have none yet get one. */
export async function ensureDevices(
  database: Queryable,
  devices: readonly Device[],
): Promise<Map<DeviceKey, DeviceNumber>> {
  if (devices.length === 0) return new Map()
  const ids = [
    devices.map(({ accountId }) => AccountId.toBytes(accountId)),
    devices.map(({ deviceId }) => DeviceId.toBytes(deviceId)),
  ]
  await database.query(
    `INSERT INTO devices (account_id, device_id)
     SELECT account_id, device_id FROM unnest($1::bytea[], $2::bytea[]) AS d (account_id, device_id)
     ORDER BY account_id, device_id
     ON CONFLICT DO NOTHING`,
    ids,
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
  return (
    (await findDevice(database, device)) ?? (await ensureDevices(database, [device])).get(deviceKey(device))!
  )
}

/** Undefined for a device that this service has never met. */
export async function findDevice(database: Queryable, device: Device): Promise<DeviceNumber | undefined> {
  const { rows } = await database.query<{ device: DeviceNumber }>({
    name: 'find_device',
    text: 'SELECT device FROM devices WHERE account_id = $1 AND device_id = $2',
    values: [AccountId.toBytes(device.accountId), DeviceId.toBytes(device.deviceId)],
  })
  return rows[0]?.device
}
