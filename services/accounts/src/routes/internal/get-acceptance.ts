import { findAcceptance } from '../../database/accounts.ts'
import { readAccountId } from '../../request-fields.ts'
import type { InternalRoute } from '../route.ts'

export const getAcceptance: InternalRoute<'getAcceptance'> =
  ({ database }) =>
  async ({ accountId, requesterId }) => {
    const account = await readAccountId(accountId)
    const requester = await readAccountId(requesterId)
    return { acceptance: await findAcceptance(database, account, requester) }
  }
