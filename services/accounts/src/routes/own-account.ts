import { Code, type Principal, type Queryable, RpcError } from '@veche/service-kit'
import { type Account, findAccount } from '../database/accounts.ts'

/**
 * The caller's account.
 * @throws RpcError UNAUTHENTICATED token_invalid where it has gone since the token was given
 */
export async function ownAccount(database: Queryable, { accountId }: Principal): Promise<Account> {
  const account = await findAccount(database, accountId)
  if (account === undefined) throw new RpcError(Code.Unauthenticated, 'token_invalid')
  return account
}

/** @throws RpcError PERMISSION_DENIED not_administrator; what the token's account is now counts, not what it was */
export async function ensureAdministrator(database: Queryable, principal: Principal): Promise<void> {
  const { administrator } = await ownAccount(database, principal)
  if (!administrator) throw new RpcError(Code.PermissionDenied, 'not_administrator')
}
