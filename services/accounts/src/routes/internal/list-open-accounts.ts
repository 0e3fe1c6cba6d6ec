import { listOpenAccounts as listOpen } from '../../database/accounts.ts'
import { readAccountId } from '../../request-fields.ts'
import type { InternalRoute } from '../route.ts'
import { openAccountMessage } from './open-account-message.ts'

const MAX_PAGE = 500

export const listOpenAccounts: InternalRoute<'listOpenAccounts'> =
  ({ database }) =>
  async ({ after, limit }) => {
    const page = Math.min(limit || MAX_PAGE, MAX_PAGE)
    const from = after.length === 0 ? undefined : await readAccountId(after)
    const open = await listOpen(database, from, page + 1)
    return { accounts: open.slice(0, page).map(openAccountMessage), more: open.length > page }
  }
