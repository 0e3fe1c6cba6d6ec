import { randomBytes } from 'node:crypto'
import { Code, RpcError } from '@veche/service-kit'
import { isStillPassword, takeProof } from '../../credentials/proven.ts'
import { refusing } from '../../request-fields.ts'
import type { AccountsRoute } from '../route.ts'

export const startPasswordChange: AccountsRoute<'startPasswordChange'> =
  ({ database, opaque, provenLogins, passwordChanges }) =>
  async ({ loginToken, opaqueRequest }) => {
    const proven = await takeProof(provenLogins, loginToken)
    if (!proven || !(await isStillPassword(database, proven))) {
      throw new RpcError(Code.Unauthenticated, 'login_failed')
    }
    // Under the id of an account that exists, but for its owner alone: see OpaqueServer.
    const opaqueResponse = await refusing(Code.InvalidArgument, 'opaque_invalid', () =>
      opaque.registrationResponse(proven.accountId, opaqueRequest),
    )
    const changeToken = randomBytes(32)
    await passwordChanges.put(changeToken.toString('hex'), proven)
    return { changeToken, opaqueResponse }
  }
