/** The accounts service as the directory needs it: a list of accounts that a test opens and closes. */
import { createHash, randomBytes } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import { type Client, Code, ConnectError, createClient, createRouterTransport } from '@connectrpc/connect'
import { AccountId, labelled } from '@veche/protocol'
import {
  AccountsInternalService,
  OpenAccountSchema,
} from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import { dependencyTransport } from '@veche/service-kit'

export interface FakeAccount {
  readonly accountId: AccountId
  readonly accountKey: Uint8Array
  handle: string
  displayName: string
  isOpen: boolean
  readonly blocks: Set<AccountId>
}

export class FakeAccounts {
  readonly #accounts = new Map<AccountId, FakeAccount>()
  /** Names of the calls made, in order. */
  readonly calls: string[] = []
  isReachable = true
  /** Called before an answer of GetOpenAccounts leaves. */
  beforeAnswer: () => Promise<void> = async () => {}

  /** An open account, unless said otherwise. */
  add(handle: string, displayName: string, { isOpen = true } = {}): FakeAccount {
    const accountKey = Uint8Array.from(randomBytes(32))
    const digest = createHash('sha256').update(labelled('veche account id v1', accountKey)).digest()
    const accountId = AccountId.fromBytes(digest)
    const account = { accountId, accountKey, handle, displayName, isOpen, blocks: new Set<AccountId>() }
    this.#accounts.set(accountId, account)
    return account
  }

  client(): Client<typeof AccountsInternalService> {
    const transport = createRouterTransport(({ service }) =>
      service(AccountsInternalService, {
        getOpenAccounts: async ({ accountIds, requesterId }) => {
          this.#called('getOpenAccounts')
          const ids = new Set(accountIds.map((id) => AccountId.fromBytes(id)))
          const requester = requesterId.length === 0 ? undefined : AccountId.fromBytes(requesterId)
          const open = this.#open().filter(
            ({ accountId, blocks }) => ids.has(accountId) && !(requester && blocks.has(requester)),
          )
          const accounts = open.map(toMessage)
          await this.beforeAnswer()
          return { accounts }
        },
        listOpenAccounts: ({ after, limit }) => {
          this.#called('listOpenAccounts')
          const from = Buffer.from(after).toString('hex')
          const behind = this.#open().filter(({ accountId }) => hexOf(accountId) > from)
          return { accounts: behind.slice(0, limit).map(toMessage), more: behind.length > limit }
        },
      }),
    )
    return createClient(AccountsInternalService, dependencyTransport(transport))
  }

  #open(): FakeAccount[] {
    const open = [...this.#accounts.values()].filter(({ isOpen }) => isOpen)
    return open.sort((one, other) => (hexOf(one.accountId) < hexOf(other.accountId) ? -1 : 1))
  }

  #called(name: string): void {
    if (!this.isReachable) throw new ConnectError('not there', Code.Unavailable)
    this.calls.push(name)
  }
}

function toMessage({ accountId, accountKey, handle, displayName }: FakeAccount) {
  return create(OpenAccountSchema, {
    accountId: AccountId.toBytes(accountId),
    accountKey,
    handle,
    displayName,
  })
}

function hexOf(accountId: AccountId): string {
  return Buffer.from(AccountId.toBytes(accountId)).toString('hex')
}
