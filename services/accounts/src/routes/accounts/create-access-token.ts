import { AccountId, DeviceId, labelled } from '@veche/protocol'
import { accessTokenLifetimeMs, Code, issueAccessToken, RpcError } from '@veche/service-kit'
import { findDevice, markSeen } from '../../database/devices.ts'
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
    const found = isFresh(keys, challenge, nowMs) ? await findDevice(database, account, device) : undefined
    const proof = labelled('veche device proof v1', keys.identity.publicKey, accountId, deviceId, challenge)
    if (found === undefined || !isSignedBy(found.signatureKey, proof, signature)) {
      throw new RpcError(Code.Unauthenticated, 'proof_invalid')
    }
    await markSeen(database, found, dayOf(nowMs))
    return {
      accessToken: issueAccessToken(keys.token, found, nowMs),
      lifetimeMs: BigInt(accessTokenLifetimeMs),
    }
  }
