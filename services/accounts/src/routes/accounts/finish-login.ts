import { randomBytes } from 'node:crypto'
import { fromBinary } from '@bufbuild/protobuf'
import { AccountId } from '@veche/protocol'
import { WrappedSecretSchema } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { Code, RpcError } from '@veche/service-kit'
import { findPasswordWrap } from '../../database/account-backups.ts'
import { listUnrevoked } from '../../database/devices.ts'
import { loginDeviceMessage } from '../device-message.ts'
import type { AccountsRoute } from '../route.ts'

export const finishLogin: AccountsRoute<'finishLogin'> =
  ({ database, opaque, logins, provenLogins }) =>
  async ({ loginId, opaqueFinish }) => {
    const login = await logins.take(Buffer.from(loginId).toString('hex'))
    const proved = login !== undefined && opaque.finishLogin(login.opaqueState, opaqueFinish)
    const accountId = proved ? login.accountId : null
    const passwordWrap = accountId && (await findPasswordWrap(database, accountId))
    if (!login || !accountId || !passwordWrap) throw new RpcError(Code.Unauthenticated, 'login_failed')
    const loginToken = randomBytes(32)
    await provenLogins.put(loginToken.toString('hex'), { accountId, credential: login.credential })
    return {
      loginToken,
      accountId: AccountId.toBytes(accountId),
      passwordWrap: fromBinary(WrappedSecretSchema, passwordWrap),
      devices: (await listUnrevoked(database, accountId)).map(loginDeviceMessage),
    }
  }
