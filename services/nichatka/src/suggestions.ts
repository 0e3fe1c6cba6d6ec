/**
 * Whom and what a panel offers before anything is written: the first of a host's people and its groups. Everybody who
 * opens a panel asks for the same, so that it is kept for a moment; a change made here is seen at once.
 */
import type { Clock } from '@veche/service-kit'
import type { Group, HostId } from './domain.ts'
import type { FoundRecipients, Store } from './store.ts'

export interface Suggestions {
  readonly recipients: FoundRecipients
  /** Archived ones too: messages to them are still found. */
  readonly groups: readonly Group[]
}

const keptMs = 2_000
const maxPeople = 20

export class KeptSuggestions {
  readonly #store: Pick<Store, 'findRecipients' | 'listGroups'>
  readonly #clock: Clock
  readonly #kept = new Map<HostId, { readonly untilMs: number; readonly suggestions: Promise<Suggestions> }>()

  constructor(store: Pick<Store, 'findRecipients' | 'listGroups'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  find(hostId: HostId): Promise<Suggestions> {
    const nowMs = this.#clock.nowMs()
    const known = this.#kept.get(hostId)
    if (known !== undefined && known.untilMs > nowMs && known.untilMs <= nowMs + keptMs)
      return known.suggestions
    const suggestions = this.#read(hostId)
    this.#kept.set(hostId, { untilMs: nowMs + keptMs, suggestions })
    suggestions.catch(() => this.#kept.delete(hostId)) // the database may be back the next time
    return suggestions
  }

  /** Something of it has changed. */
  forget(hostId: HostId): void {
    this.#kept.delete(hostId)
  }

  async #read(hostId: HostId): Promise<Suggestions> {
    const [recipients, groups] = await Promise.all([
      this.#store.findRecipients(hostId, '', maxPeople),
      this.#store.listGroups(hostId, { archived: true }),
    ])
    return { recipients, groups }
  }
}
