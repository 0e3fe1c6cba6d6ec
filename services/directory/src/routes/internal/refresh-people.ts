import { AccountId, DecodeError } from '@veche/protocol'
import { Code, RpcError } from '@veche/service-kit'
import { MAX_REFRESHED } from '../../limits.ts'
import type { InternalRoute } from '../route.ts'

export const refreshPeople: InternalRoute<'refreshPeople'> =
  ({ index }) =>
  async ({ accountIds }) => {
    if (accountIds.length > MAX_REFRESHED) throw new RpcError(Code.InvalidArgument, 'too_many_ids')
    await index.refresh(accountIds.map(readAccountId))
    return {}
  }

function readAccountId(bytes: Uint8Array): AccountId {
  try {
    return AccountId.fromBytes(bytes)
  } catch (cause) {
    if (cause instanceof DecodeError)
      throw new RpcError(Code.InvalidArgument, 'account_id_invalid', { cause })
    throw cause
  }
}
