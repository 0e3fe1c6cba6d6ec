import { Code, principalOf, RpcError } from '@veche/service-kit'
import { lockAccountId } from '../../database/accounts.ts'
import { addHistoryKeys as add } from '../../database/history-keys.ts'
import {
  ensureWithin,
  historyKeysPerAccount,
  MAX_HISTORY_KEYS_BYTES,
  MAX_HISTORY_KEYS_TOTAL_BYTES,
} from '../../limits.ts'
import type { AccountsRoute } from '../route.ts'

export const addHistoryKeys: AccountsRoute<'addHistoryKeys'> =
  ({ database, limiter }) =>
  async ({ sealed }, call) => {
    const { accountId } = principalOf(call)
    await ensureWithin(limiter, historyKeysPerAccount, accountId)
    if (sealed.length === 0 || sealed.length > MAX_HISTORY_KEYS_BYTES) {
      throw new RpcError(Code.InvalidArgument, 'backup_invalid')
    }
    const isStored = await database.transaction(async (transaction) => {
      await lockAccountId(transaction, accountId)
      return add(transaction, accountId, sealed, MAX_HISTORY_KEYS_TOTAL_BYTES)
    })
    if (!isStored) throw new RpcError(Code.ResourceExhausted, 'backup_full')
    return {}
  }
