import { principalOf } from '@veche/service-kit'
import { deleteBlock } from '../../database/blocks.ts'
import type { AccountsRoute } from '../route.ts'
import { readBlockedName } from './blocked-name.ts'

export const unblockAccount: AccountsRoute<'unblockAccount'> =
  ({ database }) =>
  async (request, call) => {
    const { accountId } = principalOf(call)
    await deleteBlock(database, accountId, await readBlockedName(request))
    return {}
  }
