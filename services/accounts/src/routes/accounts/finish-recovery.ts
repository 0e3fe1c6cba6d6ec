import { equalBytes } from '@veche/protocol'
import { Code, type EndedDevice, type Queryable, RpcError } from '@veche/service-kit'
import type { AccountsContext } from '../../context.ts'
import { type Recovery, readRecovery } from '../../credentials/change-statements.ts'
import type { PasswordCredential } from '../../credentials/new-credentials.ts'
import { isStillRecoveryCode, takeProof } from '../../credentials/proven.ts'
import { replacePassword } from '../../credentials/replace-password.ts'
import { replaceRecoveryCode } from '../../database/account-backups.ts'
import { findAccount, lockAccountId } from '../../database/accounts.ts'
import { type CertifiedDevice, findDevice } from '../../database/devices.ts'
import { findRecord } from '../../database/opaque-records.ts'
import { dayOf } from '../../day.ts'
import { tellEnded } from '../../devices/endings.ts'
import { enrol } from '../../devices/enrol.ts'
import { refusing } from '../../request-fields.ts'
import type { AccountsRoute } from '../route.ts'

export const finishRecovery: AccountsRoute<'finishRecovery'> = (context) => async (signed) => {
  const { database, bus, keys, opaque } = context
  const recovery = await refusing(Code.InvalidArgument, 'proof_invalid', () =>
    readRecovery(signed, keys.identity.publicKey, opaque),
  )
  const ended = await database.transaction((transaction) => recover(context, transaction, recovery))
  await tellEnded(bus, ended)
  const account = await findAccount(database, recovery.device.accountId)
  if (!account) throw recoveryFailed()
  const { handle, displayName, administrator } = account
  return { handle, displayName, administrator }
}

/** The account is locked first: a retry that overtakes the call that it repeats waits for what that comes to. */
async function recover(
  { clock, provenRecoveries }: AccountsContext,
  transaction: Queryable,
  { device, token, password, recoveryCode, revocations }: Recovery,
): Promise<EndedDevice[]> {
  const { accountId } = device
  await lockAccountId(transaction, accountId)
  if (await isDone(transaction, device, password)) return []
  const proven = await takeProof(provenRecoveries, token)
  if (proven?.accountId !== accountId || !(await isStillRecoveryCode(transaction, proven)))
    throw recoveryFailed()
  const ended = await enrol(transaction, device, revocations, dayOf(clock.nowMs()))
  await replacePassword(transaction, accountId, password)
  if (recoveryCode) await replaceRecoveryCode(transaction, accountId, recoveryCode)
  return ended
}

/** The record of a password is as random as a key: only this recovery can have set it. */
async function isDone(
  transaction: Queryable,
  { accountId, deviceId, certificate }: CertifiedDevice,
  { opaqueRecord }: PasswordCredential,
): Promise<boolean> {
  const active = await findDevice(transaction, accountId, deviceId)
  if (!active || !equalBytes(active.certificate, certificate)) return false
  return (await findRecord(transaction, accountId)) === opaqueRecord
}

function recoveryFailed(): RpcError {
  return new RpcError(Code.Unauthenticated, 'recovery_failed')
}
