import { AccountId } from '@veche/protocol'
import { principalOf } from '@veche/service-kit'
import { countKeyPackages } from '../../database/key-packages.ts'
import { dayOf } from '../../day.ts'
import { ownAccount } from '../own-account.ts'
import type { AccountsRoute } from '../route.ts'

export const getOwnAccount: AccountsRoute<'getOwnAccount'> =
  ({ database, clock }) =>
  async (_, call) => {
    const principal = principalOf(call)
    const { accountId, handle, displayName, acceptance, visibility, administrator } = await ownAccount(
      database,
      principal,
    )
    return {
      accountId: AccountId.toBytes(accountId),
      handle,
      displayName,
      acceptance,
      visibility,
      administrator,
      keyPackages: await countKeyPackages(database, principal, dayOf(clock.nowMs())),
    }
  }
