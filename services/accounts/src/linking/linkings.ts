/**
 * The linkings under way: in memory, for five minutes, one an account. When there are too many the oldest give way; what
 * is lost is begun again.
 */
import { createHash } from 'node:crypto'
import type { AccountId } from '@veche/protocol'
import type { Clock } from '@veche/service-kit'
import { type ExpiringStore, MemoryExpiringStore } from '../login/expiring-store.ts'
import { Linking } from './linking.ts'

export const LINKING_LIFETIME_MS = 5 * 60_000
export const LINKING_ID_BYTES = 16
/** About 12 MB with all that two devices may put down. */
const MAX_LINKINGS = 2000

interface Opened {
  readonly id: string
  readonly linking: Linking
  readonly endsAtMs: number
}

export interface LinkingsOptions {
  readonly clock: Clock
  /** The most that a call waits. */
  readonly waitMs?: number
}

export class Linkings {
  readonly #clock: Clock
  readonly #waitMs: number
  /** By id, and by account. Ids are looked up by their hashes: nothing tells of one that is nearly right. */
  readonly #byId: ExpiringStore<Opened>
  readonly #byAccount: ExpiringStore<Opened>
  readonly #stopping = new AbortController()

  constructor({ clock, waitMs = 25_000 }: LinkingsOptions) {
    const options = { lifetimeMs: LINKING_LIFETIME_MS, maxEntries: MAX_LINKINGS, clock }
    this.#clock = clock
    this.#waitMs = waitMs
    this.#byId = new MemoryExpiringStore(options)
    this.#byAccount = new MemoryExpiringStore(options)
  }

  /**
   * Opens a linking, and ends the one before of the account; the same id again is the same linking.
   * @returns how long it lives on; undefined where the id is another account's
   */
  async open(accountId: AccountId, linkingId: Uint8Array): Promise<number | undefined> {
    const id = hashOf(linkingId)
    const nowMs = this.#clock.nowMs()
    const present = await this.#byId.get(id)
    if (present && present.linking.accountId !== accountId) return undefined
    if (present && !present.linking.isEnded) return present.endsAtMs - nowMs
    await this.#endOf(accountId)
    const opened = { id, linking: new Linking(accountId), endsAtMs: nowMs + LINKING_LIFETIME_MS }
    await this.#byId.put(id, opened)
    await this.#byAccount.put(accountId, opened)
    return LINKING_LIFETIME_MS
  }

  /** Undefined where it is absent, too old or ended; and, where an account is named, another's. */
  async find(linkingId: Uint8Array, accountId?: AccountId): Promise<Linking | undefined> {
    if (linkingId.length !== LINKING_ID_BYTES) return undefined
    const linking = (await this.#byId.get(hashOf(linkingId)))?.linking
    const isOwn = accountId === undefined || linking?.accountId === accountId
    return isOwn && !linking?.isEnded ? linking : undefined
  }

  async end({ accountId }: Linking): Promise<void> {
    await this.#endOf(accountId)
  }

  /** Ends a wait in time, when its caller is gone, and when the server stops. */
  waiting(caller: AbortSignal): AbortSignal {
    return AbortSignal.any([caller, this.#stopping.signal, AbortSignal.timeout(this.#waitMs)])
  }

  get isStopping(): boolean {
    return this.#stopping.signal.aborted
  }

  stop(): void {
    this.#stopping.abort()
  }

  async #endOf(accountId: AccountId): Promise<void> {
    const opened = await this.#byAccount.take(accountId)
    opened?.linking.end()
    if (opened) await this.#byId.take(opened.id)
  }
}

function hashOf(linkingId: Uint8Array): string {
  return createHash('sha256').update(linkingId).digest('hex')
}
