import { labelled } from '@veche/protocol'
import { Code, RpcError } from '@veche/service-kit'
import { isStillPassword, takeProof } from '../../credentials/proven.ts'
import { findAccount, lockAccountId } from '../../database/accounts.ts'
import { dayOf } from '../../day.ts'
import { readCertifiedDevice } from '../../devices/certified-device.ts'
import { tellEnded } from '../../devices/endings.ts'
import { enrol } from '../../devices/enrol.ts'
import { readRevocations } from '../../devices/revocations.ts'
import { isSignedBy } from '../../keys/ed25519.ts'
import { refusing } from '../../request-fields.ts'
import type { AccountsRoute } from '../route.ts'

export const enrolDevice: AccountsRoute<'enrolDevice'> =
  ({ database, bus, keys, provenLogins, clock }) =>
  async ({ loginToken, deviceCertificate, deviceSignatureKey, signature, revocations }) => {
    const proven = await takeProof(provenLogins, loginToken)
    const account = proven && (await findAccount(database, proven.accountId))
    if (!account) throw loginFailed()
    const { accountId, accountKey, handle, displayName } = account

    const [device, revoked] = await refusing(Code.InvalidArgument, 'proof_invalid', () =>
      Promise.all([
        readCertifiedDevice(accountKey, deviceCertificate, deviceSignatureKey),
        readRevocations(accountKey, revocations),
      ]),
    )
    const parts = [keys.identity.publicKey, loginToken, deviceCertificate, deviceSignatureKey]
    if (!isSignedBy(accountKey, labelled('veche enrolment proof v1', ...parts), signature)) {
      throw new RpcError(Code.InvalidArgument, 'proof_invalid')
    }
    const ended = await database.transaction(async (transaction) => {
      await lockAccountId(transaction, accountId)
      if (!(await isStillPassword(transaction, proven))) throw loginFailed()
      return enrol(transaction, device, revoked, dayOf(clock.nowMs()))
    })
    await tellEnded(bus, ended)
    return { handle, displayName }
  }

function loginFailed(): RpcError {
  return new RpcError(Code.Unauthenticated, 'login_failed')
}
