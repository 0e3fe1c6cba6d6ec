import type { Queryable } from '@veche/service-kit'
import type { HostId } from '../domain.ts'

interface KnownName {
  readonly name: string
  readonly renames: number
}

/** Names of groups by their ids: one that was read is true as long as no group of its host has been renamed since. */
export class GroupNames {
  readonly #database: Queryable
  /** The first to come goes first. */
  readonly #known = new Map<string, KnownName>()
  readonly #max: number

  /** @param max how many are remembered */
  constructor(database: Queryable, max = 10_000) {
    this.#database = database
    this.#max = max
  }

  /** @param renames how many there have been in that host, as read before */
  async find(hostId: HostId, renames: number, ids: Iterable<number>): Promise<ReadonlyMap<number, string>> {
    const found = new Map<number, string>()
    const unknown = new Set<number>()
    for (const id of ids) {
      const known = this.#known.get(`${hostId} ${id}`)
      if (known?.renames === renames) found.set(id, known.name)
      else unknown.add(id)
    }
    if (unknown.size > 0) await this.#read(hostId, renames, unknown, found)
    return found
  }

  async #read(
    hostId: HostId,
    renames: number,
    ids: ReadonlySet<number>,
    found: Map<number, string>,
  ): Promise<void> {
    const { rows } = await this.#database.query<{ id: number; name: string }>({
      name: 'read_group_names',
      text: 'SELECT id, name FROM user_group WHERE host_id = $1 AND id = ANY ($2::integer[])',
      values: [hostId, [...ids]],
    })
    for (const { id, name } of rows) {
      found.set(id, name)
      this.#known.set(`${hostId} ${id}`, { name, renames })
      if (this.#known.size > this.#max) this.#known.delete(this.#known.keys().next().value!)
    }
  }
}
