import { verifyRevocation } from '@veche/mls/wire'
import { type AccountId, DecodeError, type DeviceId, equalBytes } from '@veche/protocol'
import type { EndedDevice, Queryable } from '@veche/service-kit'
import { endDevice } from '../database/devices.ts'
import { MAX_REVOCATIONS } from '../limits.ts'

export interface Revocation {
  readonly deviceId: DeviceId
  /** DeviceRevocation bytes. */
  readonly bytes: Uint8Array
}

/** What the account with this key says of devices of its own. @throws DecodeError */
export async function readRevocations(
  accountKey: Uint8Array,
  revocations: readonly Uint8Array[],
): Promise<Revocation[]> {
  if (revocations.length > MAX_REVOCATIONS) throw new DecodeError('revocations: too many')
  return Promise.all(
    revocations.map(async (bytes) => {
      const identity = await verifyRevocation(bytes)
      if (!equalBytes(identity.accountKey, accountKey))
        throw new DecodeError('revocation: by another account')
      return { deviceId: identity.deviceId, bytes }
    }),
  )
}

/** Stores the account's words, and ends what is active. @returns the devices of which the word is new */
export async function revoke(
  transaction: Queryable,
  accountId: AccountId,
  revocations: readonly Revocation[],
  day: number,
): Promise<EndedDevice[]> {
  const revoked: EndedDevice[] = []
  for (const { deviceId, bytes } of revocations) {
    const device = { accountId, deviceId }
    if (await endDevice(transaction, device, day, bytes)) revoked.push(device)
  }
  return revoked
}
