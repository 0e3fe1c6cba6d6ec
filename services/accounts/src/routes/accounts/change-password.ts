import { Code, RpcError } from '@veche/service-kit'
import { readPasswordChange } from '../../credentials/change-statements.ts'
import { isStillPassword, takeProof } from '../../credentials/proven.ts'
import { replacePassword } from '../../credentials/replace-password.ts'
import { findAccountKey, lockAccountId } from '../../database/accounts.ts'
import { findRecord } from '../../database/opaque-records.ts'
import { refusing } from '../../request-fields.ts'
import type { AccountsRoute } from '../route.ts'

export const changePassword: AccountsRoute<'changePassword'> =
  ({ database, keys, opaque, passwordChanges }) =>
  async (signed) => {
    const { accountId, token, credential } = await refusing(Code.InvalidArgument, 'proof_invalid', () =>
      readPasswordChange(signed, keys.identity.publicKey, opaque, (id) => findAccountKey(database, id)),
    )
    await database.transaction(async (transaction) => {
      await lockAccountId(transaction, accountId)
      if ((await findRecord(transaction, accountId)) === credential.opaqueRecord) return // repeated
      const proven = await takeProof(passwordChanges, token)
      if (proven?.accountId !== accountId || !(await isStillPassword(transaction, proven))) {
        throw new RpcError(Code.Unauthenticated, 'login_failed')
      }
      await replacePassword(transaction, accountId, credential)
    })
    return {}
  }
