import { principalOf } from '@veche/service-kit'
import { deleteBlock } from '../../database/blocks.ts'
import { readAccountId } from '../../request-fields.ts'
import type { AccountsRoute } from '../route.ts'

export const unblockAccount: AccountsRoute<'unblockAccount'> =
  ({ database }) =>
  async ({ accountId }, call) => {
    const caller = principalOf(call)
    const blocked = await readAccountId(accountId)
    await deleteBlock(database, caller.accountId, blocked)
    return {}
  }
