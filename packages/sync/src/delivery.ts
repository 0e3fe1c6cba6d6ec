/**
 * The delivery engine of one device: its chats, its stream with reconnecting (sessions.ts), its inbox, its outbox. It
 * knows transport, journals and MLS, and nothing of how anything is shown.
 *
 * What the user asked for and could not be brought to its end (`intents`) is taken up by each session.
 */
import { type AccountId, ChatId, type DeviceId, MessageId } from '@veche/protocol'
import type { ListDevicesResponse } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import type { Entry } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { markGone } from './account-devices.ts'
import { Admissions } from './admissions.ts'
import { ArchiveReader } from './archive-reader.ts'
import { followPins } from './bound-chats.ts'
import type { Chat, ChatContext } from './chat.ts'
import { ChatRequests, type RequestOutcome } from './chat-requests.ts'
import { Chats } from './chats.ts'
import type { Addressed } from './content.ts'
import type { DeviceStore } from './device-store.ts'
import { RefusedError, UnreachableError } from './errors.ts'
import type { NoticeKind, SyncEvent } from './events.ts'
import { GroupActs } from './group-acts.ts'
import { meetNewcomers } from './group-people.ts'
import { HistoryBackup } from './history-backup.ts'
import { HistoryKeyStore } from './history-key-store.ts'
import { Inbox } from './inbox.ts'
import { LinkJoins } from './link-joins.ts'
import { findItem, Standing } from './local-chat.ts'
import { Maintenance } from './maintenance.ts'
import { Marks } from './marks.ts'
import { openBackup } from './open-backup.ts'
import { rebindHandle } from './pins.ts'
import { type Acknowledgement, Receipts } from './receipts.ts'
import type { OpenBackup } from './sealed-history-keys.ts'
import type { Server } from './server.ts'
import { Sessions } from './sessions.ts'
import { pull } from './transmitter.ts'

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

export class Delivery {
  readonly #options: DeliveryOptions
  readonly #receipts = new Receipts()
  readonly #requests: ChatRequests
  readonly #stopped = new AbortController()
  readonly #maintenance: Maintenance
  /** What stands beside the logs. */
  readonly marks: Marks
  readonly #admissions: Admissions
  readonly groups: GroupActs
  readonly links: LinkJoins
  readonly archive: ArchiveReader
  readonly historyKeys: HistoryKeyStore
  readonly chats: Chats
  readonly #sessions: Sessions
  readonly #inbox: Inbox

  static async open(options: DeliveryOptions): Promise<Delivery> {
    const receipts: {
      to?: Receipts
      marks?: Marks
      close?: (chat: ChatId) => void
      heal?: () => void
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
      if (event.kind === 'notice' && HALTING.has(event.notice.kind)) receipts.heal?.()
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
    receipts.heal = () => delivery.#sessions.maintain()
    receipts.meet = (device) => delivery.#meetOwnDevice(device)
    return delivery
  }

  private constructor(options: DeliveryOptions, chats: Chats, historyKeys: HistoryKeyStore) {
    this.#options = options
    this.chats = chats
    this.historyKeys = historyKeys
    const receipts = this.#receipts
    const common = { ...options, chats, historyKeys, receipts, signal: this.#stopped.signal }
    const requests = new ChatRequests(common)
    this.#requests = requests
    this.marks = new Marks({ ...common, onProgress: () => this.#sessions.wake() })
    const { marks } = this
    this.groups = new GroupActs(common)
    this.links = new LinkJoins({ ...common, onOlder: () => this.#sessions.readOlder() })
    this.archive = new ArchiveReader(common)
    this.#admissions = new Admissions({ ...common, groups: this.groups })
    const { groups, links } = this
    const maintenance = new Maintenance({ ...common, requests, groups, links, admissions: this.#admissions })
    this.#maintenance = maintenance
    this.#sessions = new Sessions({
      ...common,
      marks,
      maintenance,
      archive: this.archive,
      backup: new HistoryBackup(common),
      onInboxItem: (item) => this.#inbox.take(item),
    })
    const catchUp = (chat: Chat) => pull({ ...common, server: common.server.chats }, chat)
    this.#inbox = new Inbox({ ...common, marks, maintenance, sessions: this.#sessions, catchUp })
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
    this.#sessions.send(chat)
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
    this.#sessions.send(chat)
    return { acknowledged }
  }

  /** Says whether the server is to keep a chat's history (M22). @throws UnreachableError, RefusedError */
  async wishKept({ state }: Chat, kept: boolean): Promise<void> {
    const { server } = this.#options
    const { chat } = await server.chats.setKept({ chatId: ChatId.toBytes(state.chatId), kept })
    if (chat) await this.#inbox.learnWishes(chat, { told: false })
  }

  /** Asks for a private chat, and creates it when it may. @throws UnreachableError, RefusedError */
  request(handle: string): Promise<RequestOutcome> {
    return this.#requests.ask(handle)
  }

  /**
   * Allows a request, which creates the chat or lets who asks into the group, or refuses it.
   * @throws UnreachableError, RefusedError
   */
  async answer(requestId: Uint8Array, answer: 'allow' | 'refuse'): Promise<RequestOutcome> {
    if (answer === 'refuse') return this.#requests.refuse(requestId)
    return (await this.#admissions.allow(requestId)) ?? this.#requests.allow(requestId)
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
    for (const each of opened) this.#sessions.send(each)
    this.#sessions.maintain()
    return opened
  }

  /** The account's devices as the server lists them; what is new about them is told. @throws UnreachableError, RefusedError */
  async seeOwnDevices(): Promise<ListDevicesResponse> {
    const listed = await this.#maintenance.seeOwnDevices()
    this.#sessions.maintain()
    return listed
  }

  /** This device has ended others of its account: its chats follow. */
  async ownDevicesEnded(gone: readonly DeviceId[]): Promise<void> {
    await markGone(this.#options.store, gone, this.chats)
    this.#sessions.maintain()
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
    this.#sessions.readOlder()
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
  follow(signal: AbortSignal): Promise<void> {
    return this.#sessions.follow(signal)
  }

  /**
   * Until everything missed is stored and the outbox is empty.
   * @throws UnreachableError when the server is not there, or the time ran out; RefusedError
   */
  catchUp(timeoutMs: number): Promise<void> {
    return this.#sessions.catchUp(timeoutMs)
  }

  /** Ends everything; messages that wait stay in the outbox. */
  async close(): Promise<void> {
    this.#stopped.abort()
    await this.#sessions.ended()
    for (const chat of this.chats) await chat.settled()
    this.#receipts.refuseAll(
      new UnreachableError('closed before the server acknowledged; the message is kept'),
    )
  }

  /** One that the server hides is seen all the same: it came into a chat (A3). */
  #meetOwnDevice(device: DeviceId): void {
    this.#maintenance.ownDeviceArrived(device)
    this.#sessions.maintain()
  }

  /** What waited in a group that is closed is not sent. */
  #refuseWaiting(chatId: ChatId): void {
    for (const { messageId, refused } of this.chats.get(chatId)?.state.outbox ?? []) {
      if (refused) this.#receipts.refuse(MessageId.fromBytes(messageId), new RefusedError(refused))
    }
  }
}

/** After which this device asks to come in anew. */
const HALTING: ReadonlySet<NoticeKind> = new Set(['rolled-back', 'stuck'])

/**
 * Where the device is to come in anew, what is written waits for it.
 * @throws RefusedError `changed_binding`, `chat_closed`
 */
function ensureWritable({ state: { standing } }: Chat): void {
  if (standing === Standing.CHANGED_BINDING) throw new RefusedError('changed_binding')
  if (standing === Standing.REMOVED) throw new RefusedError('chat_closed')
}

function arrived({ entry }: Extract<SyncEvent, { kind: 'message' }>): Acknowledgement {
  return { seq: entry.position, at: entry.receivedAtMs }
}
