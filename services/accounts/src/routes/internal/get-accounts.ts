import { create } from '@bufbuild/protobuf'
import { AccountId, DeviceId } from '@veche/protocol'
import {
  type Account as AccountMessage,
  AccountSchema,
} from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import { Code, RpcError } from '@veche/service-kit'
import { type Account, listAccounts } from '../../database/accounts.ts'
import { type Device, listDevices, listRevocations, listUnready } from '../../database/devices.ts'
import { readAccountId } from '../../request-fields.ts'
import { deviceMessage } from '../device-message.ts'
import type { InternalRoute } from '../route.ts'

/** As many as a group can have. */
const MAX_ACCOUNTS = 2000
/** Older ones concern nobody: their devices are long out of every chat. */
const MAX_REVOCATIONS = 64

export const getAccounts: InternalRoute<'getAccounts'> =
  ({ database }) =>
  async ({ accountIds }) => {
    if (accountIds.length > MAX_ACCOUNTS) throw new RpcError(Code.InvalidArgument, 'too_many_ids')
    const ids = await Promise.all(accountIds.map(readAccountId))
    const accounts = new Map(
      (await listAccounts(database, ids)).map((account) => [account.accountId, account]),
    )
    const revocations = Map.groupBy(await listRevocations(database, ids), ({ accountId }) => accountId)
    const unready = Map.groupBy(await listUnready(database, ids), ({ accountId }) => accountId)
    const devices = Map.groupBy(await listDevices(database, ids), ({ accountId }) => accountId)
    return {
      accounts: ids.flatMap((id) => {
        const account = accounts.get(id)
        return account === undefined
          ? []
          : [
              accountMessage(account, {
                devices: devices.get(id) ?? [],
                revocations: revocations.get(id) ?? [],
                unready: unready.get(id) ?? [],
              }),
            ]
      }),
    }
  }

interface AccountDevices {
  readonly devices: readonly Device[]
  readonly revocations: readonly { readonly revocation: Uint8Array }[]
  readonly unready: readonly Pick<Device, 'deviceId'>[]
}

function accountMessage(account: Account, { devices, revocations, unready }: AccountDevices): AccountMessage {
  return create(AccountSchema, {
    accountId: AccountId.toBytes(account.accountId),
    accountKey: Uint8Array.from(account.accountKey),
    handle: account.handle,
    displayName: account.displayName,
    devices: devices.map(deviceMessage),
    revocations: revocations.slice(0, MAX_REVOCATIONS).map(({ revocation }) => revocation),
    unreadyDeviceIds: unready.map(({ deviceId }) => DeviceId.toBytes(deviceId)),
  })
}
