import type { HostId, Nickname, UserId } from '../domain.ts'
import { RecentlyUsed } from '../recently-used.ts'

/** The ids of those who came last, so that a request of a known user begins with no statement. */
export class RecentUsers {
  readonly #ids: RecentlyUsed<string, UserId>

  /** @param max how many are remembered; each takes about 200 bytes. */
  constructor(max = 20_000) {
    this.#ids = new RecentlyUsed(max)
  }

  get(hostId: HostId, nickname: Nickname): UserId | undefined {
    return this.#ids.get(keyOf(hostId, nickname))
  }

  remember(hostId: HostId, nickname: Nickname, id: UserId): void {
    this.#ids.set(keyOf(hostId, nickname), id)
  }
}

function keyOf(hostId: HostId, nickname: Nickname): string {
  return `${hostId} ${nickname}`
}
