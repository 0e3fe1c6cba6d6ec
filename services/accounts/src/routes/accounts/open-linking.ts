import { Code, principalOf, RpcError } from '@veche/service-kit'
import { ensureWithin, linkingsPerAccount } from '../../limits.ts'
import { LINKING_ID_BYTES } from '../../linking/linkings.ts'
import type { AccountsRoute } from '../route.ts'

export const openLinking: AccountsRoute<'openLinking'> =
  ({ linkings, limiter }) =>
  async ({ linkingId }, call) => {
    const { accountId } = principalOf(call)
    await ensureWithin(limiter, linkingsPerAccount, accountId)
    const isId = linkingId.length === LINKING_ID_BYTES
    const lifetimeMs = isId ? await linkings.open(accountId, linkingId) : undefined
    if (lifetimeMs === undefined) throw new RpcError(Code.InvalidArgument, 'linking_id_invalid')
    return { lifetimeMs: BigInt(lifetimeMs) }
  }
