/**
 * Devices that were taken off their accounts. accounts says at once, by the bus, that there is one, and lists those of
 * yesterday and today: so what the bus loses is found at the start and each half minute.
 *
 * What follows of an ending, once and in one transaction: the account's other devices are told; where the account itself
 * has said so, the others in its chats are, to put it out of them (A3); and its inbox is emptied. From then on it holds
 * nothing back that is to be removed (M22).
 */
import { AccountId, ChatId, DeviceId } from '@veche/protocol'
import {
  type Bus,
  type Clock,
  type Database,
  ENDED_DEVICE_TOPIC,
  type Logger,
  logEvents,
  type Queryable,
  type Subscription,
} from '@veche/service-kit'
import type { DeviceNumber } from '../append/roster.ts'
import {
  type Ending,
  findCompanions,
  findNewEndings,
  listActive,
  type StoredEnding,
  storeEndings,
} from '../database/devices.ts'
import { inboxKinds, lockInboxes, type NewInboxItem, replaceInInboxes } from '../database/inbox.ts'
import type { AccountsClient } from '../people.ts'
import { ownDevicesChanged } from './own-devices-changed.ts'

export interface EndingsOptions {
  readonly database: Database
  readonly accounts: AccountsClient
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Logger
  readonly onTold: (devices: readonly DeviceNumber[]) => void
  /** Something that was held back may be removed now. */
  readonly onEnded: () => void
}

const events = logEvents({ endings_failed: { error: 'error' } })

export class Endings {
  readonly #options: EndingsOptions
  #subscription: Subscription | undefined
  #running: Promise<void> | undefined
  #again = false
  #isStopped = false

  constructor(options: EndingsOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    this.#subscription = await this.#options.bus.subscribe(ENDED_DEVICE_TOPIC, () => void this.run())
    await this.run()
  }

  /** Does all that is to be done now. Failures are logged, and made good the next time. */
  run(): Promise<void> {
    this.#again = true
    this.#running ??= this.#runAll().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** Resolves when nothing is under way; nothing begins afterwards. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#subscription?.[Symbol.dispose]()
    await this.#running
  }

  async #runAll(): Promise<void> {
    try {
      while (this.#again && !this.#isStopped) {
        this.#again = false
        await this.#takeAll()
      }
    } catch (error) {
      if (!this.#isStopped) this.#options.log.warn(events.endings_failed, { error })
    }
  }

  async #takeAll(): Promise<void> {
    const { accounts, database, clock, onTold, onEnded } = this.#options
    const { devices } = await accounts.listEndedDevices({})
    if (devices.length === 0) return
    const endings = devices.map(({ accountId, deviceId, revoked }): Ending => {
      return { accountId: AccountId.fromBytes(accountId), deviceId: DeviceId.fromBytes(deviceId), revoked }
    })
    const ended = await findNewEndings(database, endings)
    if (ended.length === 0) return
    const items = await database.transaction(async (transaction) => {
      const told = await whatFollows(transaction, ended)
      await lockInboxes(
        transaction,
        [...ended, ...told].map(({ device }) => device),
      )
      if (!(await storeEndings(transaction, ended))) return []
      const others = told.filter(({ device }) => !ended.some((one) => one.device === device))
      await replaceInInboxes(transaction, others, clock.nowMs())
      return others
    })
    onTold([...new Set(items.map(({ device }) => device))])
    onEnded()
  }
}

async function whatFollows(transaction: Queryable, ended: readonly StoredEnding[]): Promise<NewInboxItem[]> {
  const own = await listActive(transaction, [...new Set(ended.map(({ accountId }) => accountId))])
  const revoked = ended.filter((one) => one.revoked).map(({ device }) => device)
  const companions = revoked.length === 0 ? [] : await findCompanions(transaction, revoked)
  return [
    ...own.map(({ device }) => ownDevicesChanged(device)),
    ...companions.map(({ chatId, device }) => {
      return { device, kind: inboxKinds.devicesChanged, subject: ChatId.toBytes(chatId) }
    }),
  ]
}
