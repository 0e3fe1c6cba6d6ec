import { verifyRevocation } from '@veche/mls/wire'
import { DecodeError, type DeviceId, equalBytes } from '@veche/protocol'

const MAX_REVOCATIONS = 64

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
