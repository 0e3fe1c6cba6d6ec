import { concatBytes, labelled, utf8 } from '@veche/protocol'
import { findRegistrationPolicy } from '../../database/registration-setting.ts'
import { sign } from '../../keys/ed25519.ts'
import { OPAQUE_VERSION } from '../../login/opaque.ts'
import type { AccountsRoute } from '../route.ts'

export const getServer: AccountsRoute<'getServer'> = ({
  database,
  configuredPolicy,
  keys,
  opaque,
  clock,
}) => {
  const version = Buffer.alloc(4)
  version.writeUInt32BE(OPAQUE_VERSION)
  const signed = labelled('veche server key v1', concatBytes(version, utf8(opaque.publicKey)))
  const opaqueKeySignature = sign(keys.identity, signed)

  return async () => ({
    registration: (await findRegistrationPolicy(database)) ?? configuredPolicy,
    identityKey: keys.identity.publicKey,
    opaqueVersion: OPAQUE_VERSION,
    opaquePublicKey: opaque.publicKey,
    opaqueKeySignature,
    timeMs: BigInt(clock.nowMs()),
  })
}
