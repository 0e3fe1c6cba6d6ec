import { AccountId } from '@veche/protocol'
import { Code, principalOf } from '@veche/service-kit'
import { deleteBlock } from '../../database/blocks.ts'
import { refusing } from '../refusing.ts'
import type { AccountsRoute } from '../route.ts'

export const unblockAccount: AccountsRoute<'unblockAccount'> =
  ({ database }) =>
  async ({ accountId }, call) => {
    const caller = principalOf(call)
    const blocked = await refusing(Code.InvalidArgument, 'account_id_invalid', () =>
      AccountId.fromBytes(accountId),
    )
    await deleteBlock(database, caller.accountId, blocked)
    return {}
  }
