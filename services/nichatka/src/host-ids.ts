import type { HostId } from './domain.ts'
import type { Store } from './store.ts'

/** The ids of the hosts in the database, asked for once each. */
export class HostIds {
  readonly #store: Pick<Store, 'ensureHost'>
  readonly #ids = new Map<string, Promise<HostId>>()

  constructor(store: Pick<Store, 'ensureHost'>) {
    this.#store = store
  }

  find(name: string): Promise<HostId> {
    const known = this.#ids.get(name)
    if (known !== undefined) return known
    const asked = this.#store.ensureHost(name)
    this.#ids.set(name, asked)
    // The database may be back the next time.
    asked.catch(() => this.#ids.delete(name))
    return asked
  }
}
