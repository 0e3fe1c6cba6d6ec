import { AccountId, ChatId, DeviceId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import { type Device, type DeviceKey, type DeviceNumber, deviceKey } from '../append/roster.ts'
import { emptyInboxes } from './inbox.ts'

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

/** The number of a device that comes, which gets one where it has none; and whether the account's others know of it. */
export async function meetDevice(
  database: Queryable,
  { accountId, deviceId }: Device,
): Promise<{ readonly device: DeviceNumber; readonly announced: boolean }> {
  const { rows } = await database.query<{ device: DeviceNumber; announced: boolean }>({
    name: 'meet_device',
    text: 'SELECT device, announced FROM devices WHERE account_id = $1 AND device_id = $2',
    values: [AccountId.toBytes(accountId), DeviceId.toBytes(deviceId)],
  })
  if (rows[0]) return rows[0]
  const numbers = await ensureDevices(database, [{ accountId, deviceId }])
  return { device: numbers.get(deviceKey({ accountId, deviceId }))!, announced: false }
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

/** True for one transaction only. */
export async function announce(transaction: Queryable, device: DeviceNumber): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'UPDATE devices SET announced = true WHERE device = $1 AND NOT announced',
    [device],
  )
  return rowCount > 0
}

/** Those that have not ended, of accounts. */
export async function listActive(
  database: Queryable,
  accountIds: readonly AccountId[],
): Promise<readonly { readonly device: DeviceNumber; readonly announced: boolean }[]> {
  const { rows } = await database.query<{ device: DeviceNumber; announced: boolean }>(
    'SELECT device, announced FROM devices WHERE account_id = ANY ($1::bytea[]) AND ending = 0 ORDER BY device',
    [accountIds.map(AccountId.toBytes)],
  )
  return rows
}

export interface Ending extends Device {
  /** The account itself has said so. */
  readonly revoked: boolean
}

export interface StoredEnding extends Ending {
  readonly device: DeviceNumber
}

/** Those of these devices of which it is not noted yet. */
export async function findNewEndings(
  database: Queryable,
  endings: readonly Ending[],
): Promise<readonly StoredEnding[]> {
  const { rows } = await database.query<{ device: DeviceNumber; place: bigint }>(
    `SELECT device, place FROM devices
     JOIN unnest($1::bytea[], $2::bytea[], $3::smallint[]) WITH ORDINALITY
       AS e (account_id, device_id, ending, place) USING (account_id, device_id)
     WHERE devices.ending < e.ending`,
    [
      endings.map(({ accountId }) => AccountId.toBytes(accountId)),
      endings.map(({ deviceId }) => DeviceId.toBytes(deviceId)),
      endings.map(endingOf),
    ],
  )
  return rows.map(({ device, place }) => ({ ...endings[Number(place) - 1]!, device }))
}

/** Notes how devices have ended, and empties their inboxes. @returns whether it is new of any; true for one transaction only */
export async function storeEndings(
  transaction: Queryable,
  endings: readonly StoredEnding[],
): Promise<boolean> {
  const devices = endings.map(({ device }) => device)
  const { rowCount } = await transaction.query(
    `UPDATE devices SET ending = e.ending FROM unnest($1::bigint[], $2::smallint[]) AS e (device, ending)
     WHERE devices.device = e.device AND devices.ending < e.ending`,
    [devices, endings.map(endingOf)],
  )
  await emptyInboxes(transaction, devices)
  return rowCount > 0
}

function endingOf({ revoked }: Ending): number {
  return revoked ? 2 : 1
}

/** The other devices in the chats that these devices are in now. */
export async function findCompanions(
  database: Queryable,
  devices: readonly DeviceNumber[],
): Promise<readonly { readonly chatId: ChatId; readonly device: DeviceNumber }[]> {
  const { rows } = await database.query<{ chat_id: Buffer; device: DeviceNumber }>(
    `SELECT chat_id, device FROM chat_devices
     WHERE until IS NULL AND device <> ALL ($1::bigint[]) AND chat_id IN (
       SELECT chat_id FROM chat_devices WHERE device = ANY ($1::bigint[]) AND until IS NULL)`,
    [devices],
  )
  return rows.map(({ chat_id, device }) => ({ chatId: ChatId.fromBytes(chat_id), device }))
}
