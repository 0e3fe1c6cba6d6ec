/** What the accounts service tells of open accounts. */
import type { Client } from '@connectrpc/connect'
import { AccountId } from '@veche/protocol'
import type {
  AccountsInternalService,
  OpenAccount,
} from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'

export interface OpenPerson {
  readonly accountId: AccountId
  readonly accountKey: Uint8Array
  readonly handle: string
  readonly displayName: string
}

export interface OpenPage {
  readonly people: readonly OpenPerson[]
  /** There are more behind the last of them. */
  readonly more: boolean
}

export class OpenAccounts {
  readonly #accounts: Client<typeof AccountsInternalService>

  constructor(accounts: Client<typeof AccountsInternalService>) {
    this.#accounts = accounts
  }

  /** Those of these accounts that are open now and, where there is a requester, do not block it. */
  async find(accountIds: readonly AccountId[], requester?: AccountId): Promise<OpenPerson[]> {
    const { accounts } = await this.#accounts.getOpenAccounts({
      accountIds: accountIds.map(AccountId.toBytes),
      requesterId: requester ? AccountId.toBytes(requester) : new Uint8Array(),
    })
    return accounts.map(toOpenPerson)
  }

  /** In the order of ids. */
  async list(after: AccountId | undefined, limit: number): Promise<OpenPage> {
    const from = after ? AccountId.toBytes(after) : new Uint8Array()
    const { accounts, more } = await this.#accounts.listOpenAccounts({ after: from, limit })
    return { people: accounts.map(toOpenPerson), more }
  }
}

function toOpenPerson({ accountId, accountKey, handle, displayName }: OpenAccount): OpenPerson {
  return { accountId: AccountId.fromBytes(accountId), accountKey, handle, displayName }
}
