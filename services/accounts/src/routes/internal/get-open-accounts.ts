import { Code, RpcError } from '@veche/service-kit'
import { findOpenAccounts } from '../../database/accounts.ts'
import { readAccountId } from '../../request-fields.ts'
import type { InternalRoute } from '../route.ts'
import { openAccountMessage } from './open-account-message.ts'

const MAX_ACCOUNTS = 500

export const getOpenAccounts: InternalRoute<'getOpenAccounts'> =
  ({ database }) =>
  async ({ accountIds, requesterId }) => {
    if (accountIds.length > MAX_ACCOUNTS) throw new RpcError(Code.InvalidArgument, 'too_many_ids')
    const open = await findOpenAccounts(database, {
      accountIds: await Promise.all(accountIds.map(readAccountId)),
      requesterId: requesterId.length === 0 ? undefined : await readAccountId(requesterId),
    })
    return { accounts: open.map(openAccountMessage) }
  }
