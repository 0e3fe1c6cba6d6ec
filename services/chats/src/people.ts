/** What the accounts service tells of people. */

import type { Client } from '@connectrpc/connect'
import { AccountId, DeviceId } from '@veche/protocol'
import type {
  Account,
  AccountsInternalService,
  CertifiedDevice,
} from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import { AcceptancePolicy } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import type { AddedDevice } from './append/new-entry.ts'
import type { Device } from './append/roster.ts'
import type { Acceptance } from './requests/pair.ts'

export type AccountsClient = Client<typeof AccountsInternalService>

/** GetAccounts takes no more at once; a group has no more. */
const MAX_ACCOUNTS = 2000

export interface PersonInit {
  readonly accountId: Uint8Array
  readonly accountKey: Uint8Array
  readonly handle: string
  readonly displayName: string
}

export class People {
  readonly #accounts: AccountsClient

  constructor(accounts: AccountsClient) {
    this.#accounts = accounts
  }

  /** Whom a handle names for `requester`; undefined where there is none, or one that has blocked the requester. */
  async resolve(
    handle: string,
    requester: AccountId,
  ): Promise<{ readonly accountId: AccountId; readonly acceptance: Acceptance } | undefined> {
    const { found, accountId, acceptance } = await this.#accounts.resolveHandle({
      handle,
      requesterId: AccountId.toBytes(requester),
    })
    return found
      ? { accountId: AccountId.fromBytes(accountId), acceptance: acceptanceOf(acceptance) }
      : undefined
  }

  /** Which of two accounts block the other. */
  async blockersAmong(pair: readonly [AccountId, AccountId]): Promise<AccountId[]> {
    const { accountIds } = await this.#accounts.getBlockers({ accountIds: pair.map(AccountId.toBytes) })
    return accountIds.map((id) => AccountId.fromBytes(id))
  }

  /** Certificates of devices, also of those that have ended; unknown ones are left out. At most 200. */
  async devices(wanted: readonly Device[]): Promise<CertifiedDevice[]> {
    if (wanted.length === 0) return []
    const { devices } = await this.#accounts.getDevices({
      devices: wanted.map(({ accountId, deviceId }) => ({
        accountId: AccountId.toBytes(accountId),
        deviceId: DeviceId.toBytes(deviceId),
      })),
    })
    return devices
  }

  /** Accounts by id; unknown ones are left out. */
  async find(ids: Iterable<AccountId>): Promise<Map<AccountId, Account>> {
    const unique = [...new Set(ids)]
    const found = new Map<AccountId, Account>()
    for (let from = 0; from < unique.length; from += MAX_ACCOUNTS) {
      const accountIds = unique.slice(from, from + MAX_ACCOUNTS).map(AccountId.toBytes)
      const { accounts } = await this.#accounts.getAccounts({ accountIds })
      for (const account of accounts) found.set(AccountId.fromBytes(account.accountId), account)
    }
    return found
  }
}

export function personOf({ accountId, accountKey, handle, displayName }: Account): PersonInit {
  return { accountId, accountKey, handle, displayName }
}

/** Its active devices. */
export function devicesOf({ accountId, devices }: Account): AddedDevice[] {
  const id = AccountId.fromBytes(accountId)
  return devices.map(({ deviceId, signatureKey }) => {
    return { accountId: id, deviceId: DeviceId.fromBytes(deviceId), signatureKey }
  })
}

/** Those that somebody can add to a chat. */
export function readyDevicesOf(account: Account): AddedDevice[] {
  const unready = new Set(account.unreadyDeviceIds.map((id) => DeviceId.fromBytes(id)))
  return devicesOf(account).filter(({ deviceId }) => !unready.has(deviceId))
}

function acceptanceOf(policy: AcceptancePolicy): Acceptance {
  if (policy === AcceptancePolicy.ALLOWED) return 'allowed'
  return policy === AcceptancePolicy.CONFIRM ? 'confirm' : 'forbidden'
}
