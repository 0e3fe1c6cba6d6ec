/**
 * Tells people of requests to them and of answers to theirs, by the inboxes of their devices.
 *
 * The transaction that changes a request only notes that somebody is to be told; the telling follows a moment later
 * and apart, so that how long a request takes says nothing of whether anybody was told (B6). A crash between the
 * two loses nothing: what is untold is looked for at start and from time to time.
 */
import { DeviceId } from '@veche/protocol'
import { type Clock, type Database, type Logger, logEvents, type Randomness } from '@veche/service-kit'
import type { DeviceNumber } from '../append/roster.ts'
import { ensureDevices } from '../database/devices.ts'
import { addToInboxes, inboxKinds } from '../database/inbox.ts'
import { findUntold, takeNotice, type UntoldNotice } from '../database/notices.ts'
import type { People } from '../people.ts'

export interface NoticesOptions {
  readonly database: Database
  readonly people: People
  readonly clock: Clock
  readonly randomness: Randomness
  readonly log: Logger
  readonly onTold: (devices: readonly DeviceNumber[]) => void
}

const events = logEvents({ telling_failed: { error: 'error' } })
const MAX_AT_ONCE = 100
const MAX_DELAY_MS = 100

export class Notices {
  readonly #options: NoticesOptions
  #running: Promise<void> | undefined
  #again = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: NoticesOptions) {
    this.#options = options
  }

  /** Tells in a moment that the caller cannot foresee. */
  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.tell()
    }, this.#options.randomness.below(MAX_DELAY_MS))
  }

  /** Tells everybody who is still to be told. Failures are logged, and made good the next time. */
  tell(): Promise<void> {
    this.#again = this.#running !== undefined
    this.#running ??= this.#tellAll().finally(() => {
      this.#running = undefined
      if (this.#again) void this.tell()
    })
    return this.#running
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    while (this.#running) await this.#running
  }

  async #tellAll(): Promise<void> {
    try {
      let untold: readonly UntoldNotice[]
      do {
        untold = await findUntold(this.#options.database, MAX_AT_ONCE)
        await this.#tellSome(untold)
      } while (untold.length === MAX_AT_ONCE)
    } catch (error) {
      this.#options.log.warn(events.telling_failed, { error })
    }
  }

  async #tellSome(untold: readonly UntoldNotice[]): Promise<void> {
    const people = await this.#options.people.find(untold.map(({ recipient }) => recipient))
    for (const notice of untold) {
      const devices = people.get(notice.recipient)?.devices ?? []
      const ids = devices.map(({ deviceId }) => DeviceId.fromBytes(deviceId))
      const told = await this.#tellOne(notice, ids)
      this.#options.onTold(told)
    }
  }

  async #tellOne(untold: UntoldNotice, deviceIds: readonly DeviceId[]): Promise<readonly DeviceNumber[]> {
    const { database, clock } = this.#options
    return database.transaction(async (transaction) => {
      if (!(await takeNotice(transaction, untold))) return []
      const numbers = await ensureDevices(
        transaction,
        deviceIds.map((deviceId) => ({ accountId: untold.recipient, deviceId })),
      )
      const devices = [...numbers.values()]
      const kind = untold.notice === 'request' ? inboxKinds.request : inboxKinds.answer
      const items = devices.map((device) => ({ device, kind, subject: untold.requestId }))
      await addToInboxes(transaction, items, clock.nowMs())
      return devices
    })
  }
}
