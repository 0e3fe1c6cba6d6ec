import { encodeMessage } from '@veche/protocol'
import { RevokeDevicesRequestSchema } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { Code, RpcError } from '@veche/service-kit'
import { isStillPassword, takeProofFor } from '../../credentials/proven.ts'
import { findAccount, lockAccountId } from '../../database/accounts.ts'
import { areOfAccount } from '../../database/devices.ts'
import { dayOf } from '../../day.ts'
import { tellEnded } from '../../devices/endings.ts'
import { readRevocations, revoke } from '../../devices/revocations.ts'
import { refusing } from '../../request-fields.ts'
import type { AccountsRoute } from '../route.ts'

export const revokeDevices: AccountsRoute<'revokeDevices'> = (context) => async (request) => {
  const { database, bus, clock } = context
  const proven = await takeProofFor(
    context,
    request.loginToken,
    encodeMessage(RevokeDevicesRequestSchema, request),
  )
  const account = proven && (await findAccount(database, proven.accountId))
  if (!account) throw new RpcError(Code.Unauthenticated, 'login_failed')
  const { accountId, accountKey } = account
  const revocations = await refusing(Code.InvalidArgument, 'proof_invalid', () =>
    readRevocations(accountKey, request.revocations),
  )
  const deviceIds = revocations.map(({ deviceId }) => deviceId)
  if (deviceIds.length === 0 || !(await areOfAccount(database, accountId, deviceIds))) {
    throw new RpcError(Code.InvalidArgument, 'proof_invalid')
  }
  const ended = await database.transaction(async (transaction) => {
    await lockAccountId(transaction, accountId)
    if (!(await isStillPassword(transaction, proven)))
      throw new RpcError(Code.Unauthenticated, 'login_failed')
    return revoke(transaction, accountId, revocations, dayOf(clock.nowMs()))
  })
  await tellEnded(bus, ended)
  return {}
}
