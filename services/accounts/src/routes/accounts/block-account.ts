import { Code, principalOf, RpcError } from '@veche/service-kit'
import { hasRoomForBlock, insertBlock } from '../../database/blocks.ts'
import { ownAccount } from '../own-account.ts'
import type { AccountsRoute } from '../route.ts'
import { readBlockedName } from './blocked-name.ts'

/** Answers the same for an account that is absent. */
export const blockAccount: AccountsRoute<'blockAccount'> =
  ({ database }) =>
  async (request, call) => {
    const { accountId, handle } = await ownAccount(database, principalOf(call))
    const blocked = await readBlockedName(request)
    const isOwn = 'handle' in blocked ? blocked.handle === handle : blocked.accountId === accountId
    if (isOwn) throw new RpcError(Code.InvalidArgument, 'own_account')
    if (!(await hasRoomForBlock(database, accountId))) {
      throw new RpcError(Code.ResourceExhausted, 'too_many_blocks')
    }
    await insertBlock(database, accountId, blocked)
    return {}
  }
