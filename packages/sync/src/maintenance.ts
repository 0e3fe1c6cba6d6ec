/**
 * What a device does beside receiving and sending while it is connected: what was left undone, devices that change, names
 * that are not known, key packages. What the server refuses now is tried again by the next session.
 */
import { ChatId, type DeviceId, Turns } from '@veche/protocol'
import type { ListDevicesResponse } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { meetOwnDevice, seeOwnDevices } from './account-devices.ts'
import type { Admissions } from './admissions.ts'
import { Backoff } from './backoff.ts'
import type { ChatRequests } from './chat-requests.ts'
import { RefusedError } from './errors.ts'
import type { SyncEvent } from './events.ts'
import { followDevices } from './follow-devices.ts'
import type { GroupActs } from './group-acts.ts'
import { meetMembers } from './group-people.ts'
import { replenish, type Stock } from './key-package-stock.ts'
import type { LinkJoins } from './link-joins.ts'
import { Standing } from './local-chat.ts'
import { type Asker, OwnReplacements } from './own-replacements.ts'
import { Resets, type ResetsOptions } from './resets.ts'
import type { Session } from './session.ts'

export interface MaintenanceOptions
  extends Omit<ResetsOptions, 'chats'>,
    Omit<Stock, 'accounts'>,
    Omit<Asker, 'server'> {
  readonly requests: ChatRequests
  readonly groups: GroupActs
  readonly links: LinkJoins
  readonly admissions: Admissions
  /** From 0 to 1. */
  readonly random: () => number
  readonly onEvent: (event: SyncEvent) => void
}

/** In a row, within a session: the next one begins anew. */
const MAX_RETRIES = 6

export class Maintenance {
  readonly #options: MaintenanceOptions
  #running: Promise<void> | undefined
  #isDue = false
  #isStocked = false
  /** Devices of this account that came into chats. */
  readonly #arrived = new Set<DeviceId>()
  readonly #seeing = new Turns()
  /** Between tries to bring in a device that has no key package yet. */
  readonly #backoff: Backoff
  #again: () => void = () => {}
  #retriesLeft = MAX_RETRIES
  #lastResortUsed = false
  /** In which it was looked who waits to be let in. */
  #lookedAt: Session | undefined
  readonly #replacements: OwnReplacements
  readonly #resets: Resets

  constructor(options: MaintenanceOptions) {
    this.#options = options
    this.#replacements = new OwnReplacements(options)
    this.#resets = new Resets(options)
    this.#backoff = new Backoff(options.random)
  }

  /** What runs now. */
  get running(): Promise<void> | undefined {
    return this.#running
  }

  /** Runs, or runs once more after what runs now. @param onDone when nothing runs any more */
  run(session: Session, onDone: () => void): void {
    this.#isDue = true
    this.#again = () => this.run(session, onDone)
    this.#running ??= this.#runWhileDue(session)
      .catch((error) => session.fail(error))
      .finally(() => {
        this.#running = undefined
        onDone()
      })
  }

  /** A session is live: what this device cannot go on with is asked for once more. */
  begin(): void {
    this.#replacements.begin()
    this.#resets.begin()
  }

  /** A Welcome into this chat led nowhere. */
  notJoined(chatId: ChatId): Promise<void> {
    return this.#replacements.failed(chatId)
  }

  /** The successor of a chat's group was offered that this device does not follow. */
  notFollowed(chatId: ChatId): void {
    this.#replacements.shun(chatId)
    this.#resets.refuse(chatId)
  }

  /** Whether a chat is about to be begun anew, for the first time in the session. */
  isResetting(session: Session): boolean {
    return this.#resets.isPending(session)
  }

  /** A key package was used. */
  stockUsed({ lastResort }: { readonly lastResort: boolean }): void {
    this.#lastResortUsed ||= lastResort
    this.#isStocked = false
  }

  /** One at a time: what is news is told once. @throws UnreachableError, RefusedError */
  seeOwnDevices(): Promise<ListDevicesResponse> {
    return this.#seeing.take(() => seeOwnDevices(this.#options))
  }

  /** A device of this account came into a chat. */
  ownDeviceArrived(device: DeviceId): void {
    this.#arrived.add(device)
  }

  async restock(): Promise<void> {
    await replenish({ ...this.#options, accounts: this.#options.server.accounts }, this.#lastResortUsed)
    this.#isStocked = true
    this.#lastResortUsed = false
  }

  async #runWhileDue(session: Session): Promise<void> {
    while (this.#isDue) {
      this.#isDue = false
      await this.#seeOwnDevices()
      await this.#options.requests.resume()
      await this.#options.groups.resume()
      await this.#options.links.resume()
      await this.#askReplacements(session)
      await this.#reset(session)
      await this.#followDevices(session)
      await this.#letIn(session)
      await this.#meetMembers(session)
      if (!this.#isStocked) await this.restock().catch((error) => this.#takeRefusal(error))
    }
  }

  async #seeOwnDevices(): Promise<void> {
    const { state } = this.#options.store
    const isDue = state.intents.some(({ intent }) => intent.case === 'seeOwnDevices')
    if (isDue || state.ownDevices === undefined)
      await this.seeOwnDevices().catch((error) => this.#takeRefusal(error))
    for (const device of this.#arrived) {
      await this.#seeing.take(() => meetOwnDevice(this.#options, device))
      this.#arrived.delete(device)
    }
  }

  async #askReplacements(session: Session): Promise<void> {
    try {
      const laterMs = await this.#replacements.ask()
      if (laterMs !== undefined) session.later(laterMs, this.#again)
    } catch (error) {
      this.#takeRefusal(error)
    }
  }

  async #reset(session: Session): Promise<void> {
    try {
      const laterMs = await this.#resets.run(session)
      if (laterMs !== undefined) session.later(laterMs, this.#again)
    } catch (error) {
      this.#takeRefusal(error)
    }
  }

  /** A device that is told of while it still makes its key packages is tried again soon: nobody tells of it twice. */
  async #followDevices(session: Session): Promise<void> {
    const { store, chats, admissions } = this.#options
    let retryAfterMs: number | undefined
    for (const intent of store.state.intents) {
      if (intent.intent.case !== 'followDevices') continue
      const chat = chats.get(ChatId.fromBytes(intent.intent.value))
      if (chat && session.isBehind(chat)) continue
      try {
        if (!chat || (await followDevices(this.#options, chat)) === 'done') {
          if (chat) await admissions.carryOut(chat)
          await store.store({ case: 'intentDone', value: intent })
          this.#backoff.reset()
          this.#retriesLeft = MAX_RETRIES
        }
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error
        retryAfterMs = Math.max(retryAfterMs ?? 0, error.retryAfterMs)
      }
    }
    if (retryAfterMs !== undefined && this.#retriesLeft-- > 0)
      session.later(this.#backoff.next(retryAfterMs), this.#again)
  }

  /** Who waits may have asked when nobody could let them in: once in each session. */
  async #letIn(session: Session): Promise<void> {
    if (this.#lookedAt === session) return
    this.#lookedAt = session
    const { chats, admissions } = this.#options
    for (const chat of chats) if (!session.isBehind(chat)) await admissions.carryOut(chat)
  }

  async #meetMembers(session: Session): Promise<void> {
    for (const chat of this.#options.chats) {
      if (chat.state.standing === Standing.OPEN && !session.isBehind(chat))
        await meetMembers(this.#options, chat)
    }
  }

  /** A stock that the server does not take now is for the next session: what is there can be read and written. */
  #takeRefusal(error: unknown): void {
    if (!(error instanceof RefusedError)) throw error
    if (error.reason === 'clock_differs')
      this.#options.onEvent({ kind: 'notice', notice: { kind: 'clock-differs' } })
  }
}
