import { AccountId, DeviceId, labelled } from '@veche/protocol'
import { accessTokenLifetimeMs, Code, issueAccessToken, RpcError } from '@veche/service-kit'
import { findDevice, markSeen } from '../../database/devices.ts'
import { findSilentDevice } from '../../database/silent-devices.ts'
import { dayOf } from '../../day.ts'
import { isFresh } from '../../devices/challenge.ts'
import { isSignedBy } from '../../keys/ed25519.ts'
import { refusing } from '../../request-fields.ts'
import type { AccountsRoute } from '../route.ts'

export const createAccessToken: AccountsRoute<'createAccessToken'> =
  ({ database, keys, clock }) =>
  async ({ challenge, accountId, deviceId, signature }) => {
    const nowMs = clock.nowMs()
    const [account, device] = await refusing(Code.Unauthenticated, 'proof_invalid', () => [
      AccountId.fromBytes(accountId),
      DeviceId.fromBytes(deviceId),
    ])
    const isInTime = isFresh(keys, challenge, nowMs)
    const active = isInTime ? await findDevice(database, account, device) : undefined
    const silent = isInTime && !active ? await findSilentDevice(database, account, device) : undefined
    const proof = labelled('veche device proof v1', keys.identity.publicKey, accountId, deviceId, challenge)
    const signatureKey = (active ?? silent)?.signatureKey
    if (signatureKey === undefined || !isSignedBy(signatureKey, proof, signature)) {
      throw new RpcError(Code.Unauthenticated, 'proof_invalid')
    }
    if (!active) throw new RpcError(Code.Unauthenticated, 'device_silent')
    await markSeen(database, active, dayOf(nowMs))
    return {
      accessToken: issueAccessToken(keys.token, active, nowMs),
      lifetimeMs: BigInt(accessTokenLifetimeMs),
    }
  }
