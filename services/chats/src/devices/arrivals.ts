/**
 * A device that opens its stream: is it new, and is it in every chat of its account? Of a new one the account's other
 * devices are told. Only a device in a chat can add one that is missing there, so those are told, by their inboxes; what
 * lies there already is not said twice.
 *
 * It runs beside the stream: a device waits for nothing here, and what failed is made good when it comes again. The same
 * is looked at where an account comes into a chat: devices of it may be connected that were not brought along.
 */
import { type AccountId, ChatId } from '@veche/protocol'
import { type Clock, type Database, type Logger, logEvents } from '@veche/service-kit'
import type { PlacedEntry } from '../append/place-entry.ts'
import type { DeviceNumber, NumberedDevice } from '../append/roster.ts'
import { findDevicesToMeet } from '../database/chats.ts'
import { announce, listActive } from '../database/devices.ts'
import { inboxKinds, lockInboxes, replaceInInboxes } from '../database/inbox.ts'
import { ownDevicesChanged } from './own-devices-changed.ts'
import { tellUntold } from './tell-untold.ts'

export interface ArrivalsOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly onTold: (devices: readonly DeviceNumber[]) => void
}

type Newcomer = Pick<NumberedDevice, 'accountId' | 'device'>

const events = logEvents({ arrival_failed: { error: 'error' } })

export class Arrivals {
  readonly #options: ArrivalsOptions
  readonly #underWay = new Set<Promise<void>>()
  /** One after the other: many may be new at once, each with a transaction. */
  #announcing = Promise.resolve()

  constructor(options: ArrivalsOptions) {
    this.#options = options
  }

  /** A device has opened its stream. @param announced whether the account's others know of it */
  announce({ announced, ...newcomer }: Newcomer & { readonly announced: boolean }): void {
    this.#begin(() => this.#tellStrangers(newcomer))
    if (announced) return
    const telling = this.#announcing.then(() => this.#tellOwn(newcomer))
    this.#announcing = telling.catch(() => {})
    this.#begin(() => telling)
  }

  /**
   * Entries were stored: whoever they bring into a chat may have more devices.
   * @param others whose devices may have been left out by them
   */
  joined(entries: readonly PlacedEntry[], others: readonly AccountId[] = []): void {
    const accounts = entries.flatMap(({ sender, membership }) => {
      return membership?.added.length ? [sender, ...membership.added].map(({ accountId }) => accountId) : []
    })
    const all = new Set([...accounts, ...others])
    if (all.size > 0) this.#begin(() => this.#completeChatsOf([...all]))
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  #begin(tell: () => Promise<void>): void {
    const telling = tell()
      .catch((error: unknown) => this.#options.log.warn(events.arrival_failed, { error }))
      .finally(() => this.#underWay.delete(telling))
    this.#underWay.add(telling)
  }

  async #tellOwn({ accountId, device }: Newcomer): Promise<void> {
    const { database, clock, onTold } = this.#options
    const told = await database.transaction(async (transaction) => {
      const active = (await listActive(transaction, [accountId])).map((own) => own.device)
      await lockInboxes(transaction, active)
      if (!(await announce(transaction, device))) return []
      const others = active.filter((own) => own !== device)
      await replaceInInboxes(transaction, others.map(ownDevicesChanged), clock.nowMs())
      return others
    })
    if (told.length > 0) onTold(told)
  }

  async #tellStrangers(newcomer: Newcomer): Promise<void> {
    const { database, clock, onTold } = this.#options
    const strangers = await findDevicesToMeet(database, newcomer)
    if (strangers.length === 0) return
    const items = strangers.map(({ chatId, device }) => {
      return { device, kind: inboxKinds.devicesChanged, subject: ChatId.toBytes(chatId) }
    })
    const told = await database.transaction((transaction) => tellUntold(transaction, items, clock.nowMs()))
    if (told.length > 0) onTold(told)
  }

  /** A device that has never been here comes by itself. */
  async #completeChatsOf(accounts: readonly AccountId[]): Promise<void> {
    for (const accountId of accounts) {
      const active = await listActive(this.#options.database, [accountId])
      for (const { device, announced } of active) {
        if (announced) await this.#tellStrangers({ accountId, device })
      }
    }
  }
}
