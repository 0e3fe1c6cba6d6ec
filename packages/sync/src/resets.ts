/**
 * Begins chats anew, where the server has lost a part of a log that this device has: it says that the log ends before what is
 * stored here, and cannot go on (docs/decisions/healing.md). Any device does it, after a random wait, and nobody is asked;
 * where another was first its Welcome comes.
 *
 * A successor that this device does not follow, since it knows more, is answered by its own.
 */
import { type Beginning, nextBeginning, view } from '@veche/mls'
import { AccountId, ChatId, DeviceId, equalBytes } from '@veche/protocol'
import type { ChatAccount, Chat as WireChat } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { hashOfArchived } from './archive-page.ts'
import type { Chat } from './chat.ts'
import { checkPackages } from './claimed-packages.ts'
import { RefusedError } from './errors.ts'
import type { SyncEvent } from './events.ts'
import type { Follower } from './follow-devices.ts'
import { type LocalChat, logHashAt, Standing } from './local-chat.ts'
import { nextLogHash } from './log-hash.ts'
import { rulesOf } from './rules.ts'
import type { Session } from './session.ts'
import { sendReset } from './transmitter.ts'

export interface ResetsOptions extends Follower {
  readonly chats: Iterable<Chat>
  readonly identity: { readonly accountId: AccountId; readonly deviceId: DeviceId }
  readonly onEvent: (event: SyncEvent) => void
  /** From 0 to 1. */
  readonly random: () => number
}

/** The more devices, the longer, so that mostly one begins. */
const DELAY_A_DEVICE_MS = 300
const MAX_DELAY_MS = 10_000
/** After the first try; twice as long after each that follows. */
const RETRY_MS = 4000
const MAX_RETRY_MS = 60_000
/** By which a timer may be early. */
const CLOCK_STEP_MS = 20
/** Epochs that a device may be ahead of who begins the chat anew. */
const SPARE_EPOCHS = 64n
/** No more is believed of a server. */
const MAX_AHEAD = 1n << 32n

export class Resets {
  readonly #options: ResetsOptions
  /** When each chat is to be begun anew, by performance.now(); not before it was looked at once. */
  readonly #dueAtMs = new Map<Chat, number>()
  /** How often each was tried in the session. */
  readonly #tries = new Map<Chat, number>()
  /** Successors that this device does not follow. */
  readonly #refused = new Set<ChatId>()

  constructor(options: ResetsOptions) {
    this.#options = options
  }

  /** A session begins. */
  begin(): void {
    this.#dueAtMs.clear()
    this.#tries.clear()
  }

  /** A successor was offered that this device does not follow. */
  refuse(chatId: ChatId): void {
    this.#refused.add(chatId)
    for (const chat of this.#options.chats) if (chat.state.chatId === chatId) this.#dueAtMs.delete(chat)
  }

  /** Whether one is still to be tried for the first time. */
  isPending(session: Session): boolean {
    return this.#stopped(session).some((chat) => !this.#tries.has(chat))
  }

  /**
   * Begins anew what is due.
   * @returns after how long to look again; milliseconds
   * @throws UnreachableError; RefusedError where the server wants to be asked later
   */
  async run(session: Session): Promise<number | undefined> {
    const nowMs = performance.now()
    for (const chat of this.#stopped(session)) {
      const dueAtMs = this.#dueAtMs.get(chat)
      if (dueAtMs === undefined) this.#dueAtMs.set(chat, nowMs + this.#delayMs(chat))
      else if (dueAtMs <= nowMs + CLOCK_STEP_MS) await this.#try(session, chat)
    }
    const waits = this.#stopped(session).map((chat) => this.#dueAtMs.get(chat)! - performance.now())
    return waits.length > 0 ? Math.max(0, Math.min(...waits)) : undefined
  }

  /** Chats that no device can go on with, as this one knows them. */
  #stopped(session: Session): Chat[] {
    return [...this.#options.chats].filter((chat) => {
      const { standing, chatId } = chat.state
      return standing === Standing.OPEN
        ? session.isBehind(chat)
        : isParted(chat.state) && this.#refused.has(chatId)
    })
  }

  #delayMs({ state }: Chat): number {
    const devices = view(state.group).members.length
    return this.#options.random() * Math.min(MAX_DELAY_MS, devices * DELAY_A_DEVICE_MS)
  }

  async #try(session: Session, chat: Chat): Promise<void> {
    const tries = this.#tries.get(chat) ?? 0
    const retryMs = Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** tries) * (1 + this.#options.random())
    this.#dueAtMs.set(chat, performance.now() + retryMs)
    try {
      if (await this.#reset(chat)) {
        this.#refused.delete(chat.state.chatId)
        session.send(chat)
      }
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      this.#dueAtMs.set(chat, performance.now() + Math.max(retryMs, error.retryAfterMs))
    } finally {
      this.#tries.set(chat, tries + 1)
    }
  }

  async #reset(chat: Chat): Promise<boolean> {
    const { server, onStep } = this.#options
    const line = { ...this.#options, server: server.chats }
    const underWay = chat.beginnings.underWay
    if (underWay) return sendReset(line, chat, underWay)
    const { epoch, state } = view(chat.state.group)
    onStep('reset: look')
    const { chats } = await server.chats.listChats({})
    const present = chats.find(({ chatId }) => equalBytes(chatId, ChatId.toBytes(chat.state.chatId)))
    if (!present || !this.#isToBegin(chat.state, present)) return false
    const keptHash = await this.#hashAt(chat, present.head)
    if (!keptHash) return false
    const add = await this.#claim(chat)
    const beginning: Beginning = {
      kept: present.head,
      keptHash,
      position: nextBeginning(later(present.head, chat.state.position)),
    }
    onStep('reset: prepare')
    await chat.beginnings.prepare(epoch, {
      incarnation: Math.max(present.incarnation, state.incarnation) + 1,
      firstEpoch: later(present.epoch, epoch) + SPARE_EPOCHS,
      beginning,
      add,
    })
    onStep('reset: prepared')
    const made = chat.beginnings.underWay
    return made ? sendReset(line, chat, made) : false
  }

  /** The server's own answer contradicts what it has given before; or the chat was begun anew, and not as it may be. */
  #isToBegin({ standing, position, group }: LocalChat, { head, epoch, incarnation }: WireChat): boolean {
    const own = view(group)
    const isPossible = head > 0n && head < position + MAX_AHEAD && epoch < own.epoch + MAX_AHEAD
    const isLost = standing === Standing.OPEN ? head < position : incarnation > own.state.incarnation
    return isPossible && isLost && BigInt(incarnation) < MAX_AHEAD - 1n
  }

  /** hash(position), where it is the one that this device knows; people are told of any other (A9). */
  async #hashAt({ state }: Chat, position: bigint): Promise<Uint8Array | undefined> {
    const { server, onEvent } = this.#options
    const known = logHashAt(state, position)
    const chatId = ChatId.toBytes(state.chatId)
    const { entries, previousLogHash } = await server.chats.listArchive({
      chatId,
      before: position + 1n,
      limit: 1,
    })
    const [last] = entries
    if (last?.position !== position || previousLogHash.length !== 32) return known
    const hash = hashOfArchived(last)
    const shown = hash && nextLogHash(previousLogHash, hash)
    if (!shown || !known || equalBytes(known, shown)) return shown
    onEvent({ kind: 'notice', notice: { kind: 'fork', chat: state.chatId, position } })
    return undefined
  }

  /**
   * Whoever has none that can be used comes in later, like a new device.
   * @throws RefusedError where nobody has any
   */
  async #claim(chat: Chat): Promise<Uint8Array[]> {
    const { server, onStep } = this.#options
    onStep('reset: claim')
    const chatId = ChatId.toBytes(chat.state.chatId)
    const { accounts } = await server.chats.listChatDevices({ chatId, allGrants: true })
    const packages: Uint8Array[] = []
    let refusal: RefusedError | undefined
    for (const account of accounts) {
      try {
        packages.push(...(await this.#claimFrom(chat, account)))
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error
        refusal = error
      }
    }
    if (packages.length === 0 && refusal) throw refusal
    return packages
  }

  /** Only of accounts that this device knows to be in the chat: their ids are their keys' (A1, A2). */
  async #claimFrom({ state }: Chat, { person, devices, grant }: ChatAccount): Promise<Uint8Array[]> {
    const { server, identity, nowMs } = this.#options
    const { members, revokedDevices } = rulesOf(state.group)
    const isListed = members.some(({ accountId }) => person && equalBytes(accountId, person.accountId))
    const others = devices.filter(
      ({ deviceId }) => !equalBytes(deviceId, DeviceId.toBytes(identity.deviceId)),
    )
    if (!isListed || others.length === 0) return []
    const accountId = AccountId.fromBytes(person!.accountId)
    const { keyPackages } = await server.accounts.claimKeyPackages({ grant })
    const checked = await checkPackages(keyPackages, accountId, nowMs())
    const isRevoked = (id: DeviceId) => revokedDevices.some((one) => equalBytes(one, DeviceId.toBytes(id)))
    const isOwn = (id: DeviceId) => accountId === identity.accountId && id === identity.deviceId
    return checked
      .filter(({ deviceId }) => !isRevoked(deviceId) && !isOwn(deviceId))
      .map(({ keyPackage }) => keyPackage)
  }
}

function isParted({ standing }: LocalChat): boolean {
  return standing === Standing.PARTED
}

function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
