import { equalBytes, labelled } from '@veche/protocol'
import { Code, type Queryable, RpcError } from '@veche/service-kit'
import { findAccount, lockAccountId } from '../../database/accounts.ts'
import { type CertifiedDevice, insertDevice, listDevices } from '../../database/devices.ts'
import { dayOf } from '../../day.ts'
import { readCertifiedDevice } from '../../devices/certified-device.ts'
import { isSignedBy } from '../../keys/ed25519.ts'
import { refusing } from '../../request-fields.ts'
import type { AccountsRoute } from '../route.ts'

export const enrolDevice: AccountsRoute<'enrolDevice'> =
  ({ database, keys, provenLogins, clock }) =>
  async ({ loginToken, deviceCertificate, deviceSignatureKey, signature }) => {
    const accountId = await provenLogins.take(Buffer.from(loginToken).toString('hex'))
    const account = accountId && (await findAccount(database, accountId))
    if (!account) throw new RpcError(Code.Unauthenticated, 'login_failed')
    const { accountKey, handle, displayName } = account

    const device = await refusing(Code.InvalidArgument, 'proof_invalid', () =>
      readCertifiedDevice(accountKey, deviceCertificate, deviceSignatureKey),
    )
    const parts = [keys.identity.publicKey, loginToken, deviceCertificate, deviceSignatureKey]
    if (!isSignedBy(accountKey, labelled('veche account proof v1', ...parts), signature)) throw proofInvalid()
    await database.transaction((transaction) => enrol(transaction, device, dayOf(clock.nowMs())))
    return { handle, displayName }
  }

/** The same device again is the retry of one whose answer was lost. */
async function enrol(transaction: Queryable, device: CertifiedDevice, day: number): Promise<void> {
  await lockAccountId(transaction, device.accountId)
  const [active] = await listDevices(transaction, [device.accountId])
  if (active !== undefined) {
    if (equalBytes(active.certificate, device.certificate)) return
    throw new RpcError(Code.FailedPrecondition, 'device_limit')
  }
  if (!(await insertDevice(transaction, device, day))) throw proofInvalid() // a revoked device never comes back
}

function proofInvalid(): RpcError {
  return new RpcError(Code.InvalidArgument, 'proof_invalid')
}
