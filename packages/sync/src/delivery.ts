/**
 * The delivery engine of one device: its chats, its stream with reconnecting, its outbox. It knows transport,
 * journals and MLS, and nothing of how anything is shown.
 *
 * One session at a time. `follow` keeps one up until it is told to stop; `catchUp` uses the one that is up, or has one
 * for itself. What the user asked for and could not be brought to its end (`intents`) is taken up by each session.
 */
import { type AccountId, ChatId, type DeviceId, MessageId } from '@veche/protocol'
import type { Device } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import type { Entry, InboxItem, Chat as WireChat } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { markGone, SEE_OWN_DEVICES } from './account-devices.ts'
import { ArchiveReader } from './archive-reader.ts'
import { Backoff, pause } from './backoff.ts'
import { followPins } from './bound-chats.ts'
import type { Chat, ChatContext } from './chat.ts'
import { ChatRequests, type RequestOutcome } from './chat-requests.ts'
import { Chats } from './chats.ts'
import type { Addressed } from './content.ts'
import type { DeviceStore } from './device-store.ts'
import { RefusedError, UnreachableError } from './errors.ts'
import type { SyncEvent } from './events.ts'
import { GroupActs } from './group-acts.ts'
import { meetNewcomers } from './group-people.ts'
import { HistoryBackup } from './history-backup.ts'
import { HistoryKeyStore } from './history-key-store.ts'
import { joinChat } from './join-chat.ts'
import { LinkJoins } from './link-joins.ts'
import { findItem, isGroup, nextItem, Standing } from './local-chat.ts'
import { Maintenance } from './maintenance.ts'
import { Marks } from './marks.ts'
import { afterAnswer } from './member-intents.ts'
import { openBackup } from './open-backup.ts'
import { rebindHandle } from './pins.ts'
import { type Acknowledgement, Receipts } from './receipts.ts'
import { UNREADABLE_PROFILE } from './receive-entry.ts'
import type { OpenBackup } from './sealed-history-keys.ts'
import type { Server } from './server.ts'
import { isPassing, Session } from './session.ts'

export interface DeliveryOptions extends ChatContext {
  readonly store: DeviceStore
  readonly server: Server
  /** Of the account: 32 bytes, X25519. */
  readonly backupKey: Uint8Array
  /** From 0 to 1. */
  readonly random: () => number
  /** The most a device waits before it updates its path in a chat it was added to; milliseconds. */
  readonly maxUpdateDelayMs: number
}

const ARCHIVE_RETRY_MS = 60_000
const LAST_BACKUP_TIMEOUT_MS = 2000

export class Delivery {
  readonly #options: DeliveryOptions
  readonly #receipts = new Receipts()
  readonly #requests: ChatRequests
  readonly #stopped = new AbortController()
  readonly #watchers = new Set<() => void>()
  readonly #maintenance: Maintenance
  /** What stands beside the logs. */
  readonly marks: Marks
  readonly groups: GroupActs
  readonly links: LinkJoins
  readonly archive: ArchiveReader
  readonly historyKeys: HistoryKeyStore
  readonly #backup: HistoryBackup
  readonly chats: Chats
  #session: Session | undefined
  /** Begins to read what is older than this device, in the session that is live. */
  #readOlder: (() => void) | undefined
  #following: Promise<void> = Promise.resolve()
  #followers = 0

  static async open(options: DeliveryOptions): Promise<Delivery> {
    const receipts: {
      to?: Receipts
      marks?: Marks
      close?: (chat: ChatId) => void
      meet?: (device: DeviceId) => void
    } = {}
    const onChatEvent = (event: SyncEvent) => {
      if (event.kind === 'own-device') receipts.meet?.(event.device)
      else onEvent(event)
    }
    const onEvent = (event: SyncEvent) => {
      if (event.kind === 'message') {
        receipts.to?.acknowledge(event.entry.messageId, arrived(event))
        receipts.marks?.typing.sent(event.chat, event.entry.accountId, event.entry.sentAtMs)
      }
      if (event.kind === 'marks') receipts.marks?.changed()
      if (event.kind === 'group' && event.change.change === 'left') receipts.close?.(event.chat)
      options.onEvent(event)
    }
    const onEntries = (chat: Chat, entries: readonly Entry[]) => meetNewcomers(options, chat, entries)
    const heard = { ...options, onEvent, onEntries }
    const chats = await Chats.open({ ...heard, onEvent: onChatEvent })
    await followPins(chats, options.store.state)
    const historyKeys = await HistoryKeyStore.open(options.files, options.profileKey, options.onStep)
    const delivery = new Delivery(heard, chats, historyKeys)
    receipts.to = delivery.#receipts
    receipts.marks = delivery.marks
    receipts.close = (chat) => delivery.#refuseWaiting(chat)
    receipts.meet = (device) => delivery.#meetOwnDevice(device)
    return delivery
  }

  private constructor(options: DeliveryOptions, chats: Chats, historyKeys: HistoryKeyStore) {
    this.#options = options
    this.chats = chats
    this.historyKeys = historyKeys
    const common = { ...options, chats, historyKeys, receipts: this.#receipts, signal: this.#stopped.signal }
    this.#requests = new ChatRequests(common)
    this.marks = new Marks({ ...common, onProgress: () => this.#wake() })
    this.groups = new GroupActs(common)
    this.links = new LinkJoins(common)
    this.archive = new ArchiveReader(common)
    this.#backup = new HistoryBackup(common)
    this.#maintenance = new Maintenance({
      ...common,
      requests: this.#requests,
      groups: this.groups,
      links: this.links,
    })
  }

  /**
   * Takes a text in durable keeping; it is sent when the server can be reached.
   * @param id a message that was taken under this id before is not taken again
   * @throws RangeError unless it has 1 to 16,000 characters; RefusedError `chat_closed` where nothing can be sent
   */
  async send(
    chat: Chat,
    text: string,
    id: MessageId,
    how?: Addressed & { readonly fromDraft?: boolean },
  ): Promise<{ id: MessageId; acknowledged: Promise<Acknowledgement> }> {
    ensureWritable(chat)
    const position = await chat.queue(text, id, how)
    const acknowledged = this.#receipts.expect(id)
    if (position !== 0n) this.#receipts.acknowledge(id, { seq: position, at: this.#options.nowMs() })
    const refused = findItem(chat.state, MessageId.toBytes(id))?.refused
    if (refused) this.#receipts.refuse(id, new RefusedError(refused))
    this.#session?.send(chat)
    this.marks.sent(chat)
    return { id, acknowledged }
  }

  /**
   * Sends again a message that the server refused.
   * @throws RefusedError `message_unknown` where no such message is kept; as `send`
   */
  async resend(chat: Chat, id: MessageId): Promise<{ acknowledged: Promise<Acknowledgement> }> {
    ensureWritable(chat)
    const messageId = MessageId.toBytes(id)
    if (!findItem(chat.state, messageId)?.refused) throw new RefusedError('message_unknown')
    const acknowledged = this.#receipts.expect(id)
    await chat.resume(messageId)
    this.#session?.send(chat)
    return { acknowledged }
  }

  /** Says whether the server is to keep a chat's history (M22). @throws UnreachableError, RefusedError */
  async wishKept({ state }: Chat, kept: boolean): Promise<void> {
    const { server } = this.#options
    const { chat } = await server.chats.setKept({ chatId: ChatId.toBytes(state.chatId), kept })
    if (chat) await this.#learnWishes(chat, { told: false })
  }

  /** Asks for a private chat, and creates it when it may. @throws UnreachableError, RefusedError */
  request(handle: string): Promise<RequestOutcome> {
    return this.#requests.ask(handle)
  }

  /** Allows a request and creates the chat, or refuses it. @throws UnreachableError, RefusedError */
  answer(requestId: Uint8Array, answer: 'allow' | 'refuse'): Promise<RequestOutcome> {
    return answer === 'allow' ? this.#requests.allow(requestId) : this.#requests.refuse(requestId)
  }

  /**
   * Binds a handle to another account, at the user's wish: what waits in its chat is sent, requests of it can be
   * allowed, and nothing is sent to the account that the handle was bound to.
   * @returns the chats that can be written to again
   */
  async acceptBinding(handle: string, accountId: AccountId): Promise<Chat[]> {
    const { store, onEvent } = this.#options
    await rebindHandle(store, handle, accountId)
    this.#options.onStep('binding: accepted')
    const opened = await followPins(this.chats, store.state)
    const [chat] = opened.map(({ state }) => state.chatId)
    onEvent({ kind: 'notice', notice: { kind: 'accepted-binding', ...(chat && { chat }), detail: handle } })
    for (const each of opened) this.#session?.send(each)
    if (this.#session?.isLive) this.#maintain(this.#session)
    return opened
  }

  /** The account's devices as the server lists them; what is new about them is told. @throws UnreachableError, RefusedError */
  async seeOwnDevices(): Promise<Device[]> {
    const devices = await this.#maintenance.seeOwnDevices()
    if (this.#session?.isLive) this.#maintain(this.#session)
    return devices
  }

  /** This device has ended others of its account: its chats follow. */
  async ownDevicesEnded(gone: readonly DeviceId[]): Promise<void> {
    await markGone(this.#options.store, gone, this.chats)
    if (this.#session?.isLive) this.#maintain(this.#session)
  }

  /**
   * Opens the history keys in the account's backup, and reads again what could not be read without them.
   * @throws UnreachableError, RefusedError: what was taken over stays, and the rest can be asked for again
   */
  async openBackup(open: OpenBackup): Promise<void> {
    const { server, identity, onEvent } = this.#options
    const { foreign } = await openBackup(server.accounts, this.historyKeys, identity.accountId, open)
    if (foreign > 0) onEvent({ kind: 'notice', notice: { kind: 'foreign-keys' } })
    for (const chat of this.chats) await chat.resetArchive()
    this.#readOlder?.()
  }

  /**
   * What a device does first: it takes in which devices the account has, so that any other is news, and refills its key
   * packages. Without a connection it is left to the next session.
   */
  async begin(): Promise<void> {
    try {
      await this.#maintenance.seeOwnDevices()
      await this.#maintenance.restock()
    } catch (error) {
      if (!(error instanceof UnreachableError || error instanceof RefusedError)) throw error
    }
  }

  /**
   * Keeps a stream up until the signal is aborted.
   * @throws RefusedError when the server does not accept this device; what the disk threw
   */
  async follow(signal: AbortSignal): Promise<void> {
    this.#followers++
    const following = this.#inTurn(signal, async (signal) => {
      const backoff = new Backoff(this.#options.random)
      while (!signal.aborted) {
        try {
          await this.#runSession(signal, () => backoff.reset())
        } catch (error) {
          if (!isPassing(error) && !isStreamRefusal(error)) throw error
          const retryAfterMs =
            error instanceof UnreachableError || error instanceof RefusedError ? error.retryAfterMs : 0
          await pause(backoff.next(retryAfterMs), signal)
        }
      }
    })
    try {
      await following
    } finally {
      this.#followers--
      this.#wake()
    }
  }

  /**
   * Until everything missed is stored and the outbox is empty.
   * @throws UnreachableError when the server is not there, or the time ran out; RefusedError
   */
  async catchUp(timeoutMs: number): Promise<void> {
    const deadline = AbortSignal.timeout(timeoutMs)
    if (this.#followers > 0) return this.#settled(deadline)
    const stop = new AbortController()
    let failure: unknown
    const running = this.#inTurn(AbortSignal.any([stop.signal, deadline]), (signal) =>
      this.#runSession(signal, () => {}),
    ).catch((error) => {
      failure = error
      stop.abort()
    })
    try {
      await this.#settled(AbortSignal.any([stop.signal, deadline]))
    } catch (error) {
      throw failure === undefined ? error : toCallersError(failure)
    } finally {
      stop.abort()
      await running
    }
  }

  /** Ends everything; messages that wait stay in the outbox. */
  async close(): Promise<void> {
    this.#stopped.abort()
    await this.#following.catch(() => {}) // whoever followed heard of it
    for (const chat of this.chats) await chat.settled()
    this.#receipts.refuseAll(
      new UnreachableError('closed before the server acknowledged; the message is kept'),
    )
  }

  #inTurn(signal: AbortSignal, run: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const before = this.#following.catch(() => {}) // its caller heard of it
    const mine = before.then(() => run(AbortSignal.any([signal, this.#stopped.signal])))
    this.#following = mine
    return mine
  }

  async #runSession(signal: AbortSignal, onCaughtUp: () => void): Promise<void> {
    const { onEvent, server } = this.#options
    const ended = new AbortController()
    const session = new Session({
      ...this.#options,
      server: server.chats,
      receipts: this.#receipts,
      chats: this.chats,
      onInboxItem: (item) => this.#takeInboxItem(item),
      onSignals: (signals) => this.marks.take(signals),
      onOwnMarksChanged: () => this.marks.pull(),
      onBehind: ({ state }) =>
        onEvent({ kind: 'notice', notice: { kind: 'server-behind', chat: state.chatId } }),
      onCaughtUp: () => {
        onCaughtUp()
        onEvent({ kind: 'connection', state: 'connected' })
        this.marks.begin(session)
        this.#maintain(session)
        this.#readOlder = () => this.#readArchive(session, ended.signal)
        this.#readOlder()
      },
      onProgress: () => {
        this.#backup.schedule(
          (delayMs, act) => session.later(delayMs, act),
          (error) => session.fail(error),
        )
        this.#wake()
      },
      updateDelayMs: () => this.#options.random() * this.#options.maxUpdateDelayMs,
    })
    this.#session = session
    try {
      await session.run(signal)
    } finally {
      await this.marks.end({ isWell: session.isLive && signal.aborted })
      this.#session = undefined
      this.#readOlder = undefined
      ended.abort()
      await this.#maintenance.running
      await this.#endOfArchive(session)
      if (session.isLive) onEvent({ kind: 'connection', state: 'disconnected' })
      this.#wake()
    }
  }

  /** Resolves when the device has caught up and has nothing to send. */
  #settled(until: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!this.#isSettled && !until.aborted) return
        this.#watchers.delete(look)
        until.removeEventListener('abort', look)
        if (this.#isSettled) resolve()
        else reject(new UnreachableError('the server was not reached in time'))
      }
      this.#watchers.add(look)
      until.addEventListener('abort', look)
      look()
    })
  }

  get #isSettled(): boolean {
    const session = this.#session
    const isQuiet = session?.isQuiet && this.marks.isQuiet && !this.#maintenance.running
    if (!session?.isLive || !isQuiet || !this.archive.hasNewest) return false
    return [...this.chats].every(
      (chat) => chat.state.standing !== Standing.OPEN || !nextItem(chat.state) || session.isBehind(chat),
    )
  }

  #wake(): void {
    for (const look of [...this.#watchers]) look()
  }

  /** Stores what the item brings, then that it was taken. */
  async #takeInboxItem({ position, item }: InboxItem): Promise<Chat | undefined> {
    const taken = { case: 'inboxPosition', value: position } as const
    if (item.case === 'welcome') {
      const outcome = await joinChat({ ...this.#options, chats: this.chats }, item.value)
      await this.#options.store.store(taken)
      return this.#afterJoin(outcome)
    }
    if (item.case === 'devicesChanged') {
      const intent = { case: 'followDevices', value: item.value.chatId } as const
      await this.#options.store.store({ case: 'intent', value: { intent } }, taken)
      this.#followLater(item.value.chatId)
      return undefined
    }
    if (item.case === 'ownDevicesChanged') {
      await this.#options.store.store({ case: 'intent', value: SEE_OWN_DEVICES }, taken)
      if (this.#session?.isLive) this.#maintain(this.#session)
      return undefined
    }
    if (item.case === 'chatChanged') await this.#learnWishes(item.value, { told: true })
    const intents = item.case === 'answer' ? afterAnswer(this.#options.store.state, item.value) : []
    await this.#options.store.store(...intents, taken)
    if (intents.length > 0 && this.#session?.isLive) this.#maintain(this.#session)
    if (item.case === 'request') this.#options.onEvent({ kind: 'request', request: item.value })
    if (item.case === 'answer') this.#options.onEvent({ kind: 'answer', answer: item.value })
    return undefined
  }

  /** Nothing where the device is not in the chat yet: its Welcome tells. */
  async #learnWishes(chat: WireChat, how: { told: boolean }): Promise<void> {
    await this.chats.get(ChatId.fromBytes(chat.chatId))?.learnWishes(chat, how)
  }

  #afterJoin(outcome: Awaited<ReturnType<typeof joinChat>>): Chat | undefined {
    const { onEvent } = this.#options
    if (outcome.kind === 'refused')
      onEvent({ kind: 'notice', notice: { kind: 'not-joined', detail: outcome.detail } })
    if (outcome.kind !== 'joined') return undefined
    this.#maintenance.stockUsed(outcome)
    const { chatId, isUnreadable } = outcome
    this.#readOlder?.()
    if (this.#session?.isLive) this.marks.pull()
    const chat = this.chats.get(chatId)
    onEvent({ kind: 'chat', chat: chatId, since: outcome.since })
    if (isUnreadable) onEvent({ kind: 'notice', notice: { ...UNREADABLE_PROFILE, chat: chatId } })
    if (chat?.state.standing === Standing.CHANGED_BINDING)
      onEvent({ kind: 'notice', notice: { kind: 'changed-binding', chat: chatId } })
    return chat
  }

  /** One that the server hides is seen all the same: it came into a chat (A3). */
  #meetOwnDevice(device: DeviceId): void {
    this.#maintenance.ownDeviceArrived(device)
    if (this.#session?.isLive) this.#maintain(this.#session)
  }

  /** All devices of a group are told at once: the first that commits saves the others the work. */
  #followLater(chatId: Uint8Array): void {
    const session = this.#session
    if (!session?.isLive) return
    const chat = this.chats.get(ChatId.fromBytes(chatId))
    const { random, maxUpdateDelayMs } = this.#options
    const delayMs = chat && isGroup(chat.state) ? random() * maxUpdateDelayMs : 0
    if (delayMs === 0) this.#maintain(session)
    else session.later(delayMs, () => this.#maintain(session))
  }

  /** What waited in a group that is closed is not sent. */
  #refuseWaiting(chatId: ChatId): void {
    for (const { messageId, refused } of this.chats.get(chatId)?.state.outbox ?? []) {
      if (refused) this.#receipts.refuse(MessageId.fromBytes(messageId), new RefusedError(refused))
    }
  }

  /** What the server does not give now is asked for again after a while. */
  #readArchive(session: Session, signal: AbortSignal): void {
    this.archive
      .run(signal, () => this.#wake())
      .then(() => {
        if (this.archive.isHalted) session.later(ARCHIVE_RETRY_MS, () => this.#readArchive(session, signal))
      })
      .catch((error) => session.fail(error))
  }

  /** Keys of epochs that have just begun go into the backup: this may be the account's last device. */
  async #endOfArchive(session: Session): Promise<void> {
    this.#backup.unschedule()
    await this.archive.running?.catch(() => {}) // the session has failed by it
    if (session.isLive) await this.#backup.flush({ timeoutMs: LAST_BACKUP_TIMEOUT_MS })
  }

  #maintain(session: Session): void {
    this.#maintenance.run(session, () => this.#wake())
  }
}

/** @throws RefusedError `changed_binding`, `chat_closed` */
function ensureWritable({ state: { standing } }: Chat): void {
  if (standing === Standing.CHANGED_BINDING) throw new RefusedError('changed_binding')
  if (standing !== Standing.OPEN && standing !== Standing.CREATING) throw new RefusedError('chat_closed')
}

function arrived({ entry }: Extract<SyncEvent, { kind: 'message' }>): Acknowledgement {
  return { seq: entry.position, at: entry.receivedAtMs }
}

/** The stream ended for a reason of its own: another takes its place. */
function isStreamRefusal(error: unknown): boolean {
  return error instanceof RefusedError && (error.retryAfterMs > 0 || STREAM_REASONS.has(error.reason))
}

const STREAM_REASONS: ReadonlySet<string> = new Set([
  'stream_replaced',
  'slow_reader',
  'token_expired',
  'token_invalid',
  'token_missing',
  'resource_exhausted',
])

function toCallersError(error: unknown): unknown {
  return isPassing(error) ? new UnreachableError(undefined, { cause: error }) : error
}
