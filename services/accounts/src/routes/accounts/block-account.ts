import { Code, principalOf, RpcError } from '@veche/service-kit'
import { insertBlock } from '../../database/blocks.ts'
import { readAccountId } from '../../request-fields.ts'
import type { AccountsRoute } from '../route.ts'

/** Answers the same for an account that is absent. */
export const blockAccount: AccountsRoute<'blockAccount'> =
  ({ database }) =>
  async ({ accountId }, call) => {
    const caller = principalOf(call)
    const blocked = await readAccountId(accountId)
    if (blocked === caller.accountId) throw new RpcError(Code.InvalidArgument, 'own_account')
    await insertBlock(database, caller.accountId, blocked)
    return {}
  }
