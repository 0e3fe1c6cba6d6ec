import { AcceptancePolicy, Visibility } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { Code, principalOf, RpcError } from '@veche/service-kit'
import { updateSettings as storeSettings } from '../../database/accounts.ts'
import type { AccountsRoute } from '../route.ts'

export const updateSettings: AccountsRoute<'updateSettings'> =
  ({ database, directory }) =>
  async ({ acceptance, visibility }, call) => {
    const { accountId } = principalOf(call)
    if (!(acceptance in AcceptancePolicy) || !(visibility in Visibility)) {
      throw new RpcError(Code.InvalidArgument, 'setting_invalid')
    }
    const stored = await storeSettings(database, accountId, {
      ...(acceptance !== AcceptancePolicy.UNSPECIFIED && { acceptance }),
      ...(visibility !== Visibility.UNSPECIFIED && { visibility }),
    })
    if (stored === undefined) throw new RpcError(Code.Unauthenticated, 'token_invalid')
    if (visibility !== Visibility.UNSPECIFIED) await directory.changed(accountId)
    return stored
  }
