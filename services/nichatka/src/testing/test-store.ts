import { randomBytes } from 'node:crypto'
import { type Database, ManualClock } from '@veche/service-kit'
import { type TestDatabase, testDatabase } from '@veche/service-kit/testing'
import { migrations } from '../database/migrations.ts'
import type { Address, MessageId, Nickname, Priority, User } from '../domain.ts'
import { createStore } from '../postgres-store.ts'
import type { MessageFilter, NewMessage, Store } from '../store.ts'

/** A store on a database of its own, with the clock in the test's hands. */
export interface TestStore extends AsyncDisposable {
  readonly store: Store
  readonly database: Database
  readonly clock: ManualClock
  /** One who belongs to a new host. */
  newHost(name?: string): Promise<TestHost>
}

export class TestHost {
  readonly id: Awaited<ReturnType<Store['ensureHost']>>
  readonly #store: Store

  constructor(store: Store, id: TestHost['id']) {
    this.#store = store
    this.id = id
  }

  user(nickname: string): Promise<User> {
    return this.#store.ensureUser(this.id, nickname as Nickname)
  }

  users<const N extends readonly string[]>(...nicknames: N): Promise<{ [I in keyof N]: User }> {
    return Promise.all(nicknames.map((nickname) => this.user(nickname))) as Promise<{ [I in keyof N]: User }>
  }

  /** A first message; fails the test when it is refused. */
  async send(user: User, to: readonly Address[], rest: Partial<SentMessage> = {}): Promise<MessageId> {
    const result = await this.#store.sendMessage(user, {
      kind: 'first',
      key: newKey(),
      text: 'text',
      priority: 'ordinary',
      to,
      ...rest,
    })
    if (!('id' in result)) throw new Error(`not sent: ${result.kind}`)
    return result.id
  }

  async reply(
    user: User,
    parent: MessageId,
    replyTo: 'sender' | 'all' = 'sender',
    text = 'reply',
  ): Promise<MessageId> {
    const reply: NewMessage = { kind: 'reply', key: newKey(), text, parent, replyTo }
    const result = await this.#store.sendMessage(user, reply)
    if (!('id' in result)) throw new Error(`not sent: ${result.kind}`)
    return result.id
  }
}

interface SentMessage {
  readonly key: string
  readonly text: string
  readonly priority: Priority
}

export async function openTestStore(): Promise<TestStore> {
  const postgres: TestDatabase = await testDatabase()
  const database = await postgres.open('nichatka', migrations)
  const clock = new ManualClock()
  const store = createStore(database, clock)
  return {
    store,
    database,
    clock,
    newHost: async (name = randomBytes(6).toString('hex')) =>
      new TestHost(store, await store.ensureHost(name)),
    [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose](),
  }
}

export function newKey(): string {
  return randomBytes(12).toString('hex')
}

export const everyone: Address = { kind: 'everyone' }
export const to = (...users: readonly (User | string)[]): Address[] =>
  users.map((user) => ({
    kind: 'user',
    nickname: typeof user === 'string' ? (user as Nickname) : user.nickname,
  }))

/** Names no user, so that it needs no looking up. */
type UnnamedFilter = Omit<MessageFilter, 'from' | 'to'>

/** Everything there is to see. */
export const all: UnnamedFilter = { box: 'all', statuses: ['new', 'read', 'hidden'] }
export const incoming: UnnamedFilter = { box: 'incoming', statuses: ['new', 'read'] }
