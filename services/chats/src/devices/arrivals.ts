/**
 * A device that opens its stream and is not in every chat of its account: a new one, after signing in or recovery.
 * Only a device in the chat can add it, so those are told, by their inboxes; what lies there already is not said twice.
 *
 * It runs beside the stream: a device waits for nothing here, and what failed is made good when it comes again.
 */
import { ChatId } from '@veche/protocol'
import { type Clock, type Database, type Logger, logEvents } from '@veche/service-kit'
import type { DeviceNumber, NumberedDevice } from '../append/roster.ts'
import { findDevicesToMeet } from '../database/chats.ts'
import { inboxKinds } from '../database/inbox.ts'
import { tellUntold } from './tell-untold.ts'

export interface ArrivalsOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly onTold: (devices: readonly DeviceNumber[]) => void
}

const events = logEvents({ arrival_failed: { error: 'error' } })

export class Arrivals {
  readonly #options: ArrivalsOptions
  readonly #underWay = new Set<Promise<void>>()

  constructor(options: ArrivalsOptions) {
    this.#options = options
  }

  announce(newcomer: NumberedDevice): void {
    const telling = this.#tell(newcomer)
      .catch((error: unknown) => this.#options.log.warn(events.arrival_failed, { error }))
      .finally(() => this.#underWay.delete(telling))
    this.#underWay.add(telling)
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  async #tell(newcomer: NumberedDevice): Promise<void> {
    const { database, clock, onTold } = this.#options
    const strangers = await findDevicesToMeet(database, newcomer)
    if (strangers.length === 0) return
    const items = strangers.map(({ chatId, device }) => {
      return { device, kind: inboxKinds.devicesChanged, subject: ChatId.toBytes(chatId) }
    })
    const told = await database.transaction((transaction) => tellUntold(transaction, items, clock.nowMs()))
    if (told.length > 0) onTold(told)
  }
}
