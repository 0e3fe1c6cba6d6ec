import type { Queryable } from '@veche/service-kit'
import type { HostId, Nickname } from '../domain.ts'

/** Nicknames by the ids of users, of which none ever changes: those that were shown last need no looking up. */
export class Nicknames {
  readonly #database: Queryable
  /** The first to come goes first. */
  readonly #known = new Map<number, Nickname>()
  readonly #max: number

  /** @param max how many are remembered; each takes about 100 bytes */
  constructor(database: Queryable, max = 50_000) {
    this.#database = database
    this.#max = max
  }

  async find(hostId: HostId, ids: Iterable<number>): Promise<ReadonlyMap<number, Nickname>> {
    const found = new Map<number, Nickname>()
    const unknown = new Set<number>()
    for (const id of ids) {
      const nickname = this.#known.get(keyOf(hostId, id))
      if (nickname === undefined) unknown.add(id)
      else found.set(id, nickname)
    }
    if (unknown.size > 0) await this.#read(hostId, unknown, found)
    return found
  }

  async #read(hostId: HostId, ids: ReadonlySet<number>, found: Map<number, Nickname>): Promise<void> {
    const { rows } = await this.#database.query<{ id: number; nickname: Nickname }>({
      name: 'read_nicknames',
      // Of what is selected, so that PostgreSQL plans it once, and not for each number of ids.
      text: 'SELECT id, nickname FROM app_user WHERE host_id = $1 AND id = ANY (ARRAY(SELECT unnest($2::integer[])))',
      values: [hostId, [...ids]],
    })
    for (const { id, nickname } of rows) {
      found.set(id, nickname)
      this.#known.set(keyOf(hostId, id), nickname)
      if (this.#known.size > this.#max) this.#known.delete(this.#known.keys().next().value!)
    }
  }
}

/** Ids of users are below 2³¹, those of hosts below 2¹⁵. */
function keyOf(hostId: HostId, id: number): number {
  return hostId * 2 ** 31 + id
}
