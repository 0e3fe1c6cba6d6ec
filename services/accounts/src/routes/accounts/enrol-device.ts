import { equalBytes, labelled } from '@veche/protocol'
import { Code, type Queryable, RpcError } from '@veche/service-kit'
import { findAccount, lockAccountId } from '../../database/accounts.ts'
import { type CertifiedDevice, endDevice, insertDevice, listDevices } from '../../database/devices.ts'
import { dayOf } from '../../day.ts'
import { readCertifiedDevice } from '../../devices/certified-device.ts'
import { tellEnded } from '../../devices/endings.ts'
import { type Revocation, readRevocations } from '../../devices/revocations.ts'
import { isSignedBy } from '../../keys/ed25519.ts'
import { refusing } from '../../request-fields.ts'
import type { AccountsRoute } from '../route.ts'

export const enrolDevice: AccountsRoute<'enrolDevice'> =
  ({ database, bus, keys, provenLogins, clock }) =>
  async ({ loginToken, deviceCertificate, deviceSignatureKey, signature, revocations }) => {
    const accountId = await provenLogins.take(Buffer.from(loginToken).toString('hex'))
    const account = accountId && (await findAccount(database, accountId))
    if (!account) throw new RpcError(Code.Unauthenticated, 'login_failed')
    const { accountKey, handle, displayName } = account

    const [device, revoked] = await refusing(Code.InvalidArgument, 'proof_invalid', () =>
      Promise.all([
        readCertifiedDevice(accountKey, deviceCertificate, deviceSignatureKey),
        readRevocations(accountKey, revocations),
      ]),
    )
    const parts = [keys.identity.publicKey, loginToken, deviceCertificate, deviceSignatureKey]
    if (!isSignedBy(accountKey, labelled('veche enrolment proof v1', ...parts), signature))
      throw proofInvalid()
    const ended = await database.transaction((transaction) =>
      enrol(transaction, device, revoked, dayOf(clock.nowMs())),
    )
    await tellEnded(bus, ended)
    return { handle, displayName }
  }

/**
 * The same device again is the retry of one whose answer was lost.
 * @returns the devices that have ended by it
 */
async function enrol(
  transaction: Queryable,
  device: CertifiedDevice,
  revoked: readonly Revocation[],
  day: number,
): Promise<Pick<CertifiedDevice, 'accountId' | 'deviceId'>[]> {
  const { accountId } = device
  await lockAccountId(transaction, accountId)
  const ended: Pick<CertifiedDevice, 'accountId' | 'deviceId'>[] = []
  for (const { deviceId, bytes } of revoked) {
    if (await endDevice(transaction, { accountId, deviceId }, day, bytes)) ended.push({ accountId, deviceId })
  }
  const [active] = await listDevices(transaction, [accountId])
  if (active !== undefined) {
    if (equalBytes(active.certificate, device.certificate)) return ended
    throw new RpcError(Code.FailedPrecondition, 'device_limit')
  }
  if (!(await insertDevice(transaction, device, day))) throw proofInvalid() // a revoked device never comes back
  return ended
}

function proofInvalid(): RpcError {
  return new RpcError(Code.InvalidArgument, 'proof_invalid')
}
