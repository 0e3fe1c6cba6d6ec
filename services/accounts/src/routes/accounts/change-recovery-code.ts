import { equalBytes } from '@veche/protocol'
import { Code, RpcError } from '@veche/service-kit'
import { readRecoveryCodeChange } from '../../credentials/change-statements.ts'
import { isStillPassword, takeProof } from '../../credentials/proven.ts'
import { findRecoveryVerifierHash, replaceRecoveryCode } from '../../database/account-backups.ts'
import { findAccountKey, lockAccountId } from '../../database/accounts.ts'
import { refusing } from '../../request-fields.ts'
import type { AccountsRoute } from '../route.ts'

export const changeRecoveryCode: AccountsRoute<'changeRecoveryCode'> =
  ({ database, keys, provenLogins }) =>
  async (signed) => {
    const { accountId, token, credential } = await refusing(Code.InvalidArgument, 'proof_invalid', () =>
      readRecoveryCodeChange(signed, keys.identity.publicKey, (id) => findAccountKey(database, id)),
    )
    await database.transaction(async (transaction) => {
      await lockAccountId(transaction, accountId)
      const present = await findRecoveryVerifierHash(transaction, accountId)
      if (present && equalBytes(present, credential.recoveryVerifierHash)) return // repeated
      const proven = await takeProof(provenLogins, token)
      if (proven?.accountId !== accountId || !(await isStillPassword(transaction, proven))) {
        throw new RpcError(Code.Unauthenticated, 'login_failed')
      }
      await replaceRecoveryCode(transaction, accountId, credential)
    })
    return {}
  }
