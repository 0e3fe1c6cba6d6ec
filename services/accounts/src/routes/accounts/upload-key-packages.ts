import { Code, type Principal, principalOf, type Queryable, RpcError } from '@veche/service-kit'
import { type Device, findDevice, lockDevice } from '../../database/devices.ts'
import {
  countKeyPackages,
  insertKeyPackages,
  replaceLastResort,
  type StoredKeyPackage,
} from '../../database/key-packages.ts'
import { dayOf } from '../../day.ts'
import { readDeviceKeyPackage } from '../../devices/key-package.ts'
import { refusing } from '../../request-fields.ts'
import type { AccountsRoute } from '../route.ts'

/** In one upload, and in store for one device. */
const MAX_UPLOADED = 100
const MAX_STORED = 200

export const uploadKeyPackages: AccountsRoute<'uploadKeyPackages'> =
  ({ database, clock }) =>
  async ({ keyPackages, lastResort }, call) => {
    const principal = principalOf(call)
    const nowMs = clock.nowMs()
    if (keyPackages.length > MAX_UPLOADED) throw new RpcError(Code.InvalidArgument, 'key_package_invalid')
    const device = await callingDevice(database, principal)
    const uploaded = await refusing(Code.InvalidArgument, 'key_package_invalid', () =>
      readUpload(device, keyPackages, lastResort, nowMs),
    )
    const stored = await database.transaction((transaction) =>
      storeUpload(transaction, principal, uploaded, dayOf(nowMs)),
    )
    return { keyPackages: stored }
  }

interface Upload {
  readonly oneTime: readonly StoredKeyPackage[]
  readonly lastResort: StoredKeyPackage | undefined
}

async function callingDevice(database: Queryable, { accountId, deviceId }: Principal): Promise<Device> {
  const device = await findDevice(database, accountId, deviceId)
  if (device === undefined) throw new RpcError(Code.Unauthenticated, 'token_invalid')
  return device
}

async function readUpload(
  device: Device,
  keyPackages: readonly Uint8Array[],
  lastResort: Uint8Array,
  nowMs: number,
): Promise<Upload> {
  const oneTime: StoredKeyPackage[] = []
  for (const bytes of keyPackages) {
    oneTime.push(await readDeviceKeyPackage(bytes, device, nowMs, { lastResort: false }))
  }
  if (lastResort.length === 0) return { oneTime, lastResort: undefined }
  return { oneTime, lastResort: await readDeviceKeyPackage(lastResort, device, nowMs, { lastResort: true }) }
}

async function storeUpload(
  transaction: Queryable,
  principal: Principal,
  { oneTime, lastResort }: Upload,
  day: number,
): Promise<number> {
  if (!(await lockDevice(transaction, principal.accountId, principal.deviceId))) {
    throw new RpcError(Code.Unauthenticated, 'token_invalid')
  }
  const stored = await countKeyPackages(transaction, principal, day)
  await insertKeyPackages(transaction, principal, oneTime.slice(0, MAX_STORED - stored))
  if (lastResort !== undefined) await replaceLastResort(transaction, principal, lastResort)
  return countKeyPackages(transaction, principal, day)
}
