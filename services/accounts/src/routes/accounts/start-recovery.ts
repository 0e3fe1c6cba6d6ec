import { randomBytes } from 'node:crypto'
import { create, fromBinary } from '@bufbuild/protobuf'
import { AccountId, encodeMessage, utf8 } from '@veche/protocol'
import { WrappedSecretSchema } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { Code, callerAddressOf, RpcError } from '@veche/service-kit'
import { credentialOf, isVerifierOf } from '../../credentials/proven.ts'
import { findRecoveryRecord } from '../../database/account-backups.ts'
import { listUnrevoked } from '../../database/devices.ts'
import { GUESSES, takeGuess } from '../../database/login-guesses.ts'
import { ensureWithin, tooManyCalls } from '../../limits.ts'
import { readHandle, refusing } from '../../request-fields.ts'
import { loginDeviceMessage } from '../device-message.ts'
import type { AccountsRoute } from '../route.ts'

/** As large as a real one. */
const FAKE_WRAP = encodeMessage(
  WrappedSecretSchema,
  create(WrappedSecretSchema, { version: 1, nonce: new Uint8Array(12), ciphertext: new Uint8Array(48) }),
)

/** Does the same for an unknown handle and for a wrong code, in the same statements (attack B1). */
export const startRecovery: AccountsRoute<'startRecovery'> =
  ({ database, keys, opaque, provenRecoveries, clock, limiter, attempts }) =>
  async ({ handle: text, verifier, opaqueRequest }, call) => {
    await ensureWithin(limiter, attempts.startRecovery, callerAddressOf(call))
    const handle = readHandle(text)
    // No handle has a space: passwords and codes have buckets of their own, and do not empty each other's.
    const subject = keys.guesses(utf8(`recovery ${handle}`))
    if (!(await takeGuess(database, subject, GUESSES, clock.nowMs()))) throw tooManyCalls(GUESSES.intervalMs)
    const { accountId, recoveryWrap, recoveryVerifierHash, known } = await findRecoveryRecord(
      database,
      handle,
      {
        accountId: AccountId.fromBytes(keys.unknownHandle(utf8(handle))),
        recoveryWrap: FAKE_WRAP,
        recoveryVerifierHash: randomBytes(32),
      },
    )
    if (!isVerifierOf(verifier, recoveryVerifierHash) || !known) {
      throw new RpcError(Code.Unauthenticated, 'recovery_failed')
    }
    // Under the id of an account that exists, but for its owner alone: see OpaqueServer.
    const opaqueResponse = await refusing(Code.InvalidArgument, 'opaque_invalid', () =>
      opaque.registrationResponse(accountId, opaqueRequest),
    )
    const recoveryToken = randomBytes(32)
    const proven = { accountId, credential: credentialOf(recoveryVerifierHash) }
    await provenRecoveries.put(recoveryToken.toString('hex'), proven)
    return {
      recoveryToken,
      accountId: AccountId.toBytes(accountId),
      recoveryWrap: fromBinary(WrappedSecretSchema, recoveryWrap),
      opaqueResponse,
      devices: (await listUnrevoked(database, accountId)).map(loginDeviceMessage),
    }
  }
