/**
 * The one way in which the index changes: accounts is asked about some accounts, and what it says takes the place of
 * what the index has of them.
 *
 * Invariants
 * - The answer of accounts is stored before anybody else may ask and store: an older answer never takes the place of a
 *   newer one, in whatever order tellings arrive and comparisons run.
 * - Whoever changes an account tells afterwards. So once nothing changes and nothing is lost, the index is what
 *   accounts has; and what is lost, the next comparison finds.
 * - The index is never the truth: search asks accounts about everybody whom it shows.
 */
import type { AccountId } from '@veche/protocol'
import type { Database } from '@veche/service-kit'
import { deletePeople, type IndexEntry, listRange, lockIndex, storePeople } from './database/people.ts'
import { MAX_REFRESHED } from './limits.ts'
import type { OpenAccounts, OpenPage, OpenPerson } from './open-accounts.ts'
import { nameWords } from './text/query.ts'
import { KEYS_VERSION, storedKeys } from './text/search-keys.ts'

export interface PeopleIndexOptions {
  readonly database: Database
  readonly openAccounts: OpenAccounts
  /** Accounts that are compared at once; 500 by default. */
  readonly pageSize?: number
}

export class PeopleIndex {
  readonly #options: Required<PeopleIndexOptions>

  constructor(options: PeopleIndexOptions) {
    this.#options = { pageSize: MAX_REFRESHED, ...options }
  }

  /** @throws DependencyError */
  async refresh(accountIds: readonly AccountId[]): Promise<void> {
    const { database, openAccounts } = this.#options
    if (accountIds.length === 0) return
    await database.transaction(async (transaction) => {
      await lockIndex(transaction)
      const open = await openAccounts.find(accountIds)
      const isOpen = new Set(open.map(({ accountId }) => accountId))
      await storePeople(transaction, open.map(toEntry))
      await deletePeople(
        transaction,
        accountIds.filter((accountId) => !isOpen.has(accountId)),
      )
    })
  }

  /** Compares the whole index with accounts, page by page, and refreshes what differs. @throws DependencyError */
  async reconcile(signal: AbortSignal): Promise<void> {
    const { openAccounts, pageSize } = this.#options
    let after: AccountId | undefined
    let page: OpenPage
    do {
      signal.throwIfAborted()
      page = await openAccounts.list(after, pageSize)
      const through = page.more ? page.people.at(-1)!.accountId : undefined
      await this.#refreshDifferent(page.people, after, through)
      after = through
    } while (page.more)
  }

  async #refreshDifferent(
    open: readonly OpenPerson[],
    after: AccountId | undefined,
    through: AccountId | undefined,
  ): Promise<void> {
    const indexed = await listRange(this.#options.database, { after, through })
    const byId = new Map(indexed.map((person) => [person.accountId, person]))
    const different: AccountId[] = []
    for (const { accountId, handle, displayName } of open) {
      const own = byId.get(accountId)
      byId.delete(accountId)
      const isSame =
        own?.handle === handle && own.displayName === displayName && own.keysVersion === KEYS_VERSION
      if (!isSame) different.push(accountId)
    }
    different.push(...byId.keys()) // open no longer
    for (let from = 0; from < different.length; from += MAX_REFRESHED) {
      await this.refresh(different.slice(from, from + MAX_REFRESHED))
    }
  }
}

function toEntry({ accountId, handle, displayName }: OpenPerson): IndexEntry {
  const keys = storedKeys(nameWords({ handle, displayName }))
  return { accountId, handle, displayName, keys, keysVersion: KEYS_VERSION }
}
