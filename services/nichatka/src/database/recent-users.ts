import type { HostId, Nickname, UserId } from '../domain.ts'

/** The ids of those who came last, so that a request of a known user begins with no statement. */
export class RecentUsers {
  readonly #ids = new Map<string, UserId>()
  readonly #max: number

  /** @param max how many are remembered; each takes about 200 bytes. */
  constructor(max = 20_000) {
    this.#max = max
  }

  get(hostId: HostId, nickname: Nickname): UserId | undefined {
    const key = keyOf(hostId, nickname)
    const id = this.#ids.get(key)
    if (id !== undefined) this.#touch(key, id)
    return id
  }

  remember(hostId: HostId, nickname: Nickname, id: UserId): void {
    this.#touch(keyOf(hostId, nickname), id)
    if (this.#ids.size <= this.#max) return
    for (const oldest of this.#ids.keys()) {
      this.#ids.delete(oldest)
      return
    }
  }

  #touch(key: string, id: UserId): void {
    this.#ids.delete(key)
    this.#ids.set(key, id)
  }
}

function keyOf(hostId: HostId, nickname: Nickname): string {
  return `${hostId} ${nickname}`
}
