import { AccountId } from '@veche/protocol'
import { resolveHandle as findReachable } from '../../database/accounts.ts'
import { readAccountId, readHandle } from '../../request-fields.ts'
import type { InternalRoute } from '../route.ts'

export const resolveHandle: InternalRoute<'resolveHandle'> =
  ({ database }) =>
  async ({ handle, requesterId }) => {
    const requester = await readAccountId(requesterId)
    const reachable = await findReachable(database, readHandle(handle), requester)
    if (reachable === undefined) return { found: false }
    return {
      found: true,
      accountId: AccountId.toBytes(reachable.accountId),
      acceptance: reachable.acceptance,
    }
  }
