/** The index of open groups: as that of people (people-index.ts), with chats in the place of accounts. */
import type { ChatId } from '@veche/protocol'
import type { Database } from '@veche/service-kit'
import { deleteGroups, type GroupEntry, listGroupRange, storeGroups } from './database/open-groups.ts'
import { lockIndex } from './database/people.ts'
import { MAX_REFRESHED } from './limits.ts'
import type { OpenGroup, OpenGroups, OpenGroupsPage } from './open-groups.ts'
import { descriptionWords, nameWords } from './text/query.ts'
import { GROUP_KEYS_VERSION, plainKeys, storedKeys } from './text/search-keys.ts'

export interface GroupsIndexOptions {
  readonly database: Database
  readonly openGroups: OpenGroups
  /** Groups that are compared at once; 500 by default. */
  readonly pageSize?: number
}

export class GroupsIndex {
  readonly #options: Required<GroupsIndexOptions>

  constructor(options: GroupsIndexOptions) {
    this.#options = { pageSize: MAX_REFRESHED, ...options }
  }

  /** @throws DependencyError */
  async refresh(chatIds: readonly ChatId[]): Promise<void> {
    const { database, openGroups } = this.#options
    if (chatIds.length === 0) return
    await database.transaction(async (transaction) => {
      await lockIndex(transaction)
      const open = await openGroups.find(chatIds)
      const isOpen = new Set(open.map(({ chatId }) => chatId))
      await storeGroups(transaction, open.map(toEntry))
      await deleteGroups(
        transaction,
        chatIds.filter((chatId) => !isOpen.has(chatId)),
      )
    })
  }

  /** Compares the whole index with chats, page by page, and refreshes what differs. @throws DependencyError */
  async reconcile(signal: AbortSignal): Promise<void> {
    const { openGroups, pageSize } = this.#options
    let after: ChatId | undefined
    let page: OpenGroupsPage
    do {
      signal.throwIfAborted()
      page = await openGroups.list(after, pageSize)
      const through = page.more ? page.groups.at(-1)!.chatId : undefined
      await this.#refreshDifferent(page.groups, after, through)
      after = through
    } while (page.more)
  }

  async #refreshDifferent(
    open: readonly OpenGroup[],
    after: ChatId | undefined,
    through: ChatId | undefined,
  ): Promise<void> {
    const indexed = await listGroupRange(this.#options.database, after, through)
    const byId = new Map(indexed.map((group) => [group.chatId, group]))
    const different: ChatId[] = []
    for (const { chatId, name, description } of open) {
      const own = byId.get(chatId)
      byId.delete(chatId)
      const isSame = own?.name === name && own.description === description
      if (!isSame || own.keysVersion !== GROUP_KEYS_VERSION) different.push(chatId)
    }
    different.push(...byId.keys()) // open no longer
    for (let from = 0; from < different.length; from += MAX_REFRESHED)
      await this.refresh(different.slice(from, from + MAX_REFRESHED))
  }
}

function toEntry({ chatId, name, description }: OpenGroup): GroupEntry {
  const named = { displayName: name, description }
  const nameKeys = storedKeys(nameWords(named))
  const keys = [...new Set([...nameKeys, ...plainKeys(descriptionWords(named))])]
  return { chatId, name, description, keys, nameKeys, keysVersion: GROUP_KEYS_VERSION }
}
