import type { Clock, Database } from '@veche/service-kit'
import { changeGroup, createGroup } from './database/change-group.ts'
import { changeMessage } from './database/change-message.ts'
import { GroupNames } from './database/group-names.ts'
import { findGroup, findRecipients, listGroups } from './database/groups.ts'
import { ensureHost, lockHost } from './database/hosts.ts'
import { countNewer, listMessages } from './database/list-messages.ts'
import { MessageContents } from './database/message-contents.ts'
import { Nicknames } from './database/nicknames.ts'
import { readMessages } from './database/read-messages.ts'
import { RecentUsers } from './database/recent-users.ts'
import { sendMessage } from './database/send-message.ts'
import { UnreadReader } from './database/unread-reader.ts'
import { ensureUsers, findUsers } from './database/users.ts'
import type { HostId, Nickname, User, UserId } from './domain.ts'
import type { Store } from './store.ts'

/** `Store` on PostgreSQL, whose schema `migrations` have brought up to date. */
export function createStore(database: Database, clock: Clock): Store {
  const unread = new UnreadReader(database)
  const users = new KnownUsers(database, clock)
  const memory = {
    contents: new MessageContents(database, new Nicknames(database)),
    groupNames: new GroupNames(database),
  }
  const reading = { database, memory }
  return {
    ensureHost: (name) => ensureHost(database, name),
    ensureUser: (hostId, nickname) => users.ensure(hostId, nickname),
    nameUsers: (hostId, nicknames) => users.name(hostId, nicknames),
    unread: (user) => unread.read(user),
    listMessages: (user, filter, page) => listMessages(reading, user, filter, page),
    findMessage: async (user, id) => (await readMessages(reading, user, [id])).messages[0],
    countNewer: (user, filter, than) => countNewer(database, user, filter, than),
    sendMessage: (user, message) => sendMessage(database, user, message, clock.nowMs()),
    changeMessage: (user, id, change) => changeMessage(database, user, id, change),
    findRecipients: (hostId, prefix, limit) => findRecipients(database, hostId, prefix, limit),
    listGroups: (hostId, { archived }) => listGroups(database, hostId, archived),
    findGroup: (hostId, id) => findGroup(database, hostId, id),
    createGroup: (user, group) => createGroup(database, user, group, clock.nowMs()),
    changeGroup: (user, id, change) => changeGroup(database, user, id, change, clock.nowMs()),
  }
}

class KnownUsers {
  readonly #database: Database
  readonly #clock: Clock
  readonly #recent = new RecentUsers()

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  async ensure(hostId: HostId, nickname: Nickname): Promise<User> {
    const known = this.#recent.get(hostId, nickname)
    if (known !== undefined) return { hostId, id: known, nickname }
    const id = await this.#ensureId(hostId, nickname)
    this.#recent.remember(hostId, nickname, id)
    return { hostId, id, nickname }
  }

  async name(hostId: HostId, nicknames: readonly Nickname[]): Promise<number> {
    return (await this.#ensureAll(hostId, nicknames)).added
  }

  async #ensureId(hostId: HostId, nickname: Nickname): Promise<UserId> {
    const found = (await findUsers(this.#database, hostId, [nickname])).get(nickname)
    return found ?? (await this.#ensureAll(hostId, [nickname])).users.get(nickname)!
  }

  #ensureAll(hostId: HostId, nicknames: readonly Nickname[]): ReturnType<typeof ensureUsers> {
    return this.#database.transaction(async (transaction) => {
      await lockHost(transaction, hostId)
      return ensureUsers(transaction, { hostId, nicknames, nowMs: this.#clock.nowMs() })
    })
  }
}
