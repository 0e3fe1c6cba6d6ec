import { AccountId } from '@veche/protocol'
import { Code, RpcError } from '@veche/service-kit'
import { listBlockers } from '../../database/blocks.ts'
import { readAccountId } from '../../request-fields.ts'
import type { InternalRoute } from '../route.ts'

export const getBlockers: InternalRoute<'getBlockers'> =
  ({ database }) =>
  async ({ accountIds }) => {
    const [one, other, ...more] = await Promise.all(accountIds.map(readAccountId))
    if (!one || !other || more.length > 0) throw new RpcError(Code.InvalidArgument, 'account_id_invalid')
    return { accountIds: (await listBlockers(database, [one, other])).map(AccountId.toBytes) }
  }
