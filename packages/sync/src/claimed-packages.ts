/** Key packages that the server hands out for an account: it may try to hand out its own (attack A2). */
import { readKeyPackage } from '@veche/mls/wire'
import { type AccountId, DecodeError, type DeviceId } from '@veche/protocol'
import type { ClaimedKeyPackage } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { RefusedError } from './errors.ts'

export interface CheckedPackage {
  readonly deviceId: DeviceId
  readonly keyPackage: Uint8Array
}

/**
 * Each is verified to be of the account that was asked for, of its time, and one of its device.
 * @throws RefusedError `no_key_package`, `key_package_invalid`; `clock_wrong` where they are not of this device's time
 */
export async function checkPackages(
  claimed: readonly ClaimedKeyPackage[],
  accountId: AccountId,
  nowMs: number,
): Promise<CheckedPackage[]> {
  if (claimed.length === 0) throw new RefusedError('no_key_package')
  try {
    const checked = new Map<DeviceId, CheckedPackage>()
    for (const { keyPackage } of claimed) {
      const { identity, notBeforeMs, notAfterMs } = await readKeyPackage(keyPackage)
      if (identity.accountId !== accountId) throw new DecodeError('key package: of another account')
      if (nowMs < notBeforeMs || nowMs > notAfterMs) throw new RefusedError('clock_wrong')
      checked.set(identity.deviceId, { deviceId: identity.deviceId, keyPackage })
    }
    if (checked.size < claimed.length) throw new DecodeError('key packages: two of one device')
    return [...checked.values()]
  } catch (cause) {
    if (cause instanceof DecodeError) throw new RefusedError('key_package_invalid', { cause })
    throw cause
  }
}
