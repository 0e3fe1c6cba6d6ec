import { AccountId } from '@veche/protocol'
import { principalOf } from '@veche/service-kit'
import { listBlocked as listBlockedAccounts } from '../../database/blocks.ts'
import type { AccountsRoute } from '../route.ts'

export const listBlocked: AccountsRoute<'listBlocked'> =
  ({ database }) =>
  async (_, call) => {
    const blocked = await listBlockedAccounts(database, principalOf(call).accountId)
    return {
      blocked: blocked.map(({ handle, account }) => {
        if (account === undefined) return { handle }
        const { accountId, accountKey, name } = account
        return { handle, accountId: AccountId.toBytes(accountId), accountKey, displayName: name }
      }),
    }
  }
