import { Code, RpcError } from '@veche/service-kit'
import { storeGrantKey } from '../../keys/grant-key.ts'
import type { InternalRoute } from '../route.ts'

export const setGrantKey: InternalRoute<'setGrantKey'> =
  ({ secrets }) =>
  async ({ publicKey }) => {
    if (publicKey.length !== 32) throw new RpcError(Code.InvalidArgument, 'grant_key_invalid')
    await storeGrantKey(secrets, publicKey)
    return {}
  }
