/**
 * How many messages are new, for many users with one statement: while one runs, those who ask are gathered for the
 * next. Whoever asks is answered by a statement that began after the question, so that what was committed before is
 * always counted.
 */
import { setImmediate } from 'node:timers/promises'
import type { Database } from '@veche/service-kit'
import type { Unread, User } from '../domain.ts'
import { toUnread, type UnreadCounts, unreadCounts } from './unread-counts.ts'

interface Asked {
  readonly user: User
  readonly answer: PromiseWithResolvers<Unread>
}

export class UnreadReader {
  readonly #database: Database
  #waiting: Asked[] = []
  #running = false

  constructor(database: Database) {
    this.#database = database
  }

  read(user: User): Promise<Unread> {
    const answer = Promise.withResolvers<Unread>()
    this.#waiting.push({ user, answer })
    if (!this.#running) void this.#run()
    return answer.promise
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) {
      // All whose requests arrive by then share the statement: in the first turn of the event loop those that have come
      // already, in the second those that are on their way, often of those who have just been answered.
      await setImmediate()
      await setImmediate()
      const asked = this.#waiting.splice(0, maxAsked)
      await this.#answer(asked)
    }
    this.#running = false
  }

  async #answer(asked: readonly Asked[]): Promise<void> {
    try {
      const found = await readUnread(
        this.#database,
        asked.map(({ user }) => user),
      )
      for (const [index, { answer }] of asked.entries()) {
        const unread = found.get(index)
        if (unread === undefined) answer.reject(new Error('no such user'))
        else answer.resolve(unread)
      }
    } catch (error) {
      for (const { answer } of asked) answer.reject(error)
    }
  }
}

const maxAsked = 500

async function readUnread(database: Database, users: readonly User[]): Promise<Map<number, Unread>> {
  const { rows } = await database.query<{ index: bigint; counts: UnreadCounts }>({
    name: 'read_unread',
    text: `SELECT asked.index, ${unreadCounts} AS counts
      FROM unnest($1::smallint[], $2::integer[]) WITH ORDINALITY AS asked (host_id, user_id, index)
      JOIN app_user u ON u.host_id = asked.host_id AND u.id = asked.user_id
      JOIN host h ON h.id = asked.host_id`,
    values: [users.map(({ hostId }) => hostId), users.map(({ id }) => id)],
  })
  return new Map(rows.map(({ index, counts }) => [Number(index) - 1, toUnread(counts)]))
}
