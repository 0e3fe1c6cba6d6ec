import { principalOf } from '@veche/service-kit'
import { listHistoryKeys as list } from '../../database/history-keys.ts'
import { ensureWithin, historyKeyPagesPerAccount, MAX_HISTORY_KEYS_PAGE_BYTES } from '../../limits.ts'
import type { AccountsRoute } from '../route.ts'

/** What PostgreSQL's bigint holds. */
const MAX_NUMBER = 2n ** 63n - 1n

export const listHistoryKeys: AccountsRoute<'listHistoryKeys'> =
  ({ database, limiter }) =>
  async ({ after }, call) => {
    const { accountId } = principalOf(call)
    await ensureWithin(limiter, historyKeyPagesPerAccount, accountId)
    const from = after < MAX_NUMBER ? after : MAX_NUMBER
    const { batches, more } = await list(database, accountId, from, MAX_HISTORY_KEYS_PAGE_BYTES)
    return { batches: [...batches], more }
  }
