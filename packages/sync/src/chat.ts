/**
 * One chat of this device and its one writer: everything that changes the chat takes its turn here, so nothing else
 * needs a lock. It knows nothing of the network.
 *
 * Invariants
 * - One journal record is one local transaction, and the value in memory is what replaying the journal gives: it is
 *   changed only after the record is durable. A program that dies at any await leaves the state before the
 *   transaction or after it.
 * - What an encryption changed in the group is stored together with its ciphertext before anything is sent, so no
 *   generation of the ratchet is ever used twice; every retry sends the stored bytes. A pending commit likewise.
 * - The history follows the journal: it gets a message after the record that holds it, and again when the journal is
 *   opened; the journal is rewritten only when the history has all that its records hold. The history passes over
 *   what it has, so nothing is there twice.
 * - A commit that is in force, and each 1,000th record, rewrites the journal under a new key: what the old key
 *   opened, ratchets and outbox included, is gone for good.
 * - Where messages are not kept on this device, those that were shown are left behind with the history that holds them
 *   (chat-history.ts) and with the journal's old key.
 * - Nothing is written in a chat whose standing is not open.
 */

import type { HistoryDamage, HistoryEntry } from '@veche/history'
import { type Files, Journal, type ProfileKey } from '@veche/history'
import { type CommitIntent, commit, type Device, type DeviceIdentity, view } from '@veche/mls'
import { type ChatId, equalBytes, MessageId, randomId, Turns } from '@veche/protocol'
import type { Entry } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { ChatChange } from '@veche/protocol/gen/local/v1/chat_pb.js'
import { journalName } from './chat-files.ts'
import { ChatHistory, ignoreNoSpace } from './chat-history.ts'
import { encodeRecord, encodeSnapshot, messagesIn, replay, toChanges } from './chat-record.ts'
import { encodeText } from './content.ts'
import { EntryBatch } from './entry-batch.ts'
import { DamagedError } from './errors.ts'
import type { Notice, SyncEvent } from './events.ts'
import {
  applyChanges,
  findItem,
  type LocalChat,
  newItem,
  nextItem,
  Standing,
  toWireKeeping,
} from './local-chat.ts'
import { sealMessage } from './message-seal.ts'
import { type Outgoing, toOutgoing } from './outgoing.ts'
import { type Reader, type Remark, receiveEntry } from './receive-entry.ts'
import type { OnStep } from './steps.ts'
import { countUnread } from './unread.ts'
import { isSame, type Wishes, withWishes } from './wishes.ts'

export interface ChatContext {
  readonly files: Files
  readonly profileKey: ProfileKey
  readonly device: Device
  readonly identity: Pick<DeviceIdentity, 'accountId' | 'deviceId'>
  /** Milliseconds since 1970. */
  readonly nowMs: () => number
  readonly onEvent: (event: SyncEvent) => void
  readonly onStep: OnStep
}

/** Records in a journal before it is rewritten. */
const MAX_RECORDS = 1000
/** Changes in one record: a long catch-up is stored in pieces of this many entries. */
const MAX_CHANGES = 64

export class Chat {
  readonly #context: ChatContext
  readonly #journal: Journal
  readonly #history: ChatHistory
  readonly #turns = new Turns()
  #chat: LocalChat
  /** In the journal's records, and not known to be in the history. */
  #unfiled: HistoryEntry[]

  /**
   * Opens what is stored of a chat; undefined when nothing of it was ever stored whole.
   * @throws DamagedError when records that were stored are missing: going on from an old state could use a key twice
   */
  static async open(context: ChatContext, chatId: ChatId): Promise<Chat | undefined> {
    const journal = await Journal.open(context.files, journalName(chatId), context.profileKey)
    if (journal.repaired?.kind === 'damaged') throw new DamagedError('a chat: its journal is damaged')
    if (!journal.snapshot) {
      await Journal.remove(context.files, journalName(chatId))
      return undefined
    }
    const { chat, messages } = replay(journal.snapshot, journal.records)
    const history = await ChatHistory.open({ ...context, chatId }, chat.generation)
    const opened = new Chat(context, journal, history, chat, messages)
    await opened.#file()
    await opened.#eraseShown()
    return opened
  }

  /** Begins to keep a chat. */
  static async create(context: ChatContext, chat: LocalChat): Promise<Chat> {
    const { files, profileKey } = context
    const history = await ChatHistory.open({ ...context, chatId: chat.chatId }, chat.generation)
    context.onStep('chat: journal')
    const journal = await Journal.open(files, journalName(chat.chatId), profileKey)
    const created = new Chat(context, journal, history, chat, [])
    await created.replace(chat)
    return created
  }

  private constructor(
    context: ChatContext,
    journal: Journal,
    history: ChatHistory,
    chat: LocalChat,
    unfiled: HistoryEntry[],
  ) {
    this.#context = context
    this.#journal = journal
    this.#history = history
    this.#chat = chat
    this.#unfiled = unfiled
  }

  get state(): LocalChat {
    return this.#chat
  }

  /** The newest message of the log that can be shown. */
  get newest(): HistoryEntry | undefined {
    return this.#history.newest
  }

  /** The last `limit` messages of the log, oldest first; those before `before` when it is given. */
  read(limit: number, before?: bigint): Promise<HistoryEntry[]> {
    return this.#history.last(limit, before)
  }

  /** Messages of the log whose text contains `text`, newest first, each as soon as it is found. */
  search(text: string): AsyncGenerator<HistoryEntry> {
    return this.#history.log.search(text)
  }

  /**
   * Puts another state in the place of the present one: for a chat that was created, and is joined instead. What
   * the user has read and keeps stays as it is.
   */
  replace(chat: LocalChat): Promise<void> {
    return this.#turns.take(() => {
      const { read, unread, generation, keeping } = this.#chat
      return this.#rewrite({
        ...chat,
        read,
        unread,
        generation,
        keeping: { ...chat.keeping, device: keeping.device },
      })
    })
  }

  /** Everything up to a position was shown to the user. Marks only grow, and never past what the device has. */
  markRead(position: bigint): Promise<void> {
    return this.#turns.take(async () => {
      const { read, unread, position: end } = this.#chat
      const upTo = position < end ? position : end
      if (upTo <= read) return
      const { accountId } = this.#context.identity
      const left = await countUnread(this.#history.log, accountId, { after: upTo, atMost: unread })
      const changes = toChanges({ case: 'read', value: { position: upTo, unread: left } })
      if (this.#chat.keeping.device) await this.#store(changes)
      else await this.#erase(applyChanges(this.#chat, changes))
    })
  }

  /**
   * Whether messages stay on this device after they were shown (M22). Those that were, and the device's own, are
   * erased where they are to stay no longer.
   */
  keepOnDevice(device: boolean): Promise<void> {
    return this.#turns.take(async () => {
      const { keeping } = this.#chat
      if (keeping.device === device) return
      const changes = toChanges({ case: 'keeping', value: toWireKeeping({ ...keeping, device }) })
      if (device) await this.#store(changes)
      else await this.#erase(applyChanges(this.#chat, changes))
      this.#context.onEvent({ kind: 'keeping', chat: this.#chat.chatId })
    })
  }

  /** Takes in whether the two wish the server to keep the chat. @param told by the server, in order, or else an answer */
  learnWishes(wishes: Wishes, { told }: { told: boolean }): Promise<void> {
    return this.#turns.take(async () => {
      const { keeping } = this.#chat
      const next = withWishes(keeping, wishes)
      const isNews = told ? !isSame(keeping, next) : next.revision > keeping.revision
      if (!isNews) return
      await this.#store(toChanges({ case: 'keeping', value: toWireKeeping(next) }))
      this.#context.onEvent({ kind: 'keeping', chat: this.#chat.chatId })
    })
  }

  /** Removes a chat that never came to be. */
  remove(): Promise<void> {
    return this.#turns.take(() => Journal.remove(this.#context.files, journalName(this.#chat.chatId)))
  }

  /**
   * Takes a text in durable keeping. Once for one id: a message that was taken before stays as it is.
   * @returns its position in the log, 0 while it waits
   * @throws RangeError unless it has 1 to 16,000 characters
   */
  queue(text: string, messageId: MessageId): Promise<bigint> {
    return this.#turns.take(async () => {
      const id = MessageId.toBytes(messageId)
      const known = findItem(this.#chat, id)?.position ?? (await this.#history.find(messageId))
      if (known !== undefined) return known
      const { identity, nowMs } = this.#context
      const content = encodeText(
        { ...identity, messageId, chatId: this.#chat.chatId, sentAtMs: nowMs() },
        text,
      )
      await this.#store(toChanges({ case: 'queued', value: newItem(id, content) }))
      return 0n
    })
  }

  /** Takes in entries, which follow one another. @returns `gap` when something before them is missing */
  receive(entries: readonly Entry[]): Promise<'received' | 'gap'> {
    return this.#turns.take(async () => {
      const outcome = await this.#receive(entries)
      await this.#eraseShown()
      return outcome
    })
  }

  /**
   * What is to be sent next; everything it needs is stored already.
   * @param update whether an update of this device's path may go now, though no message waits for it
   */
  prepare({ update }: { update: boolean }): Promise<Outgoing | undefined> {
    return this.#turns.take(async () => {
      const { standing, pending, updateDue } = this.#chat
      if (standing !== Standing.OPEN && standing !== Standing.CREATING) return undefined
      if (!pending && updateDue && (update || nextItem(this.#chat))) await this.#prepareCommit({})
      if (!this.#chat.pending && standing === Standing.OPEN) await this.#sealNext()
      return toOutgoing(this.#chat)
    })
  }

  /**
   * Prepares a commit, to be sent next. Nothing is done where the chat has left that epoch, or has a commit under way.
   * @throws PolicyError when members would refuse it
   */
  commit(epoch: bigint, intent: CommitIntent): Promise<void> {
    return this.#turns.take(async () => {
      const { group, pending, standing } = this.#chat
      if (standing !== Standing.OPEN || pending || view(group).epoch !== epoch) return
      await this.#prepareCommit(intent)
    })
  }

  /** The server has the message, at this position. */
  acknowledge(messageId: Uint8Array, position: bigint): Promise<void> {
    return this.#turns.take(async () => {
      const item = findItem(this.#chat, messageId)
      if (item?.position !== 0n) return
      await this.#store(toChanges({ case: 'acknowledged', value: { messageId, position } }))
    })
  }

  /** The epoch of a message that waits is too old for the server: it is encrypted again, under its id (A13). */
  reseal(): Promise<void> {
    return this.#turns.take(() => this.#seal(nextItem(this.#chat)))
  }

  /** The server does not take a message: it is kept and not sent, until `resume`. */
  refuse(messageId: Uint8Array, reason: string): Promise<void> {
    return this.#turns.take(async () => {
      if (findItem(this.#chat, messageId)?.position !== 0n) return
      await this.#store(toChanges({ case: 'refused', value: { messageId, reason } }))
      this.#tell({ kind: 'not-sent', detail: reason })
    })
  }

  /** A message that the server refused may be sent again. */
  resume(messageId: Uint8Array): Promise<void> {
    return this.#turns.take(async () => {
      if (!findItem(this.#chat, messageId)?.refused) return
      await this.#store(toChanges({ case: 'resumed', value: messageId }))
    })
  }

  /** The server refuses the pending commit for good. */
  drop(messageId: Uint8Array, detail: string): Promise<void> {
    return this.#turns.take(async () => {
      const { pending } = this.#chat
      if (!pending || !equalBytes(pending.messageId, messageId)) return
      await this.#store(toChanges({ case: 'dropped', value: {} }))
      this.#tell({ kind: 'not-sent', detail })
    })
  }

  /** Opens the chat for writing, or closes it, where that is not the log's to say. */
  setStanding(standing: Standing.OPEN | Standing.CHANGED_BINDING): Promise<void> {
    return this.#turns.take(() => this.#store(toChanges({ case: 'standing', value: standing })))
  }

  /** Messages that this device has of the log. */
  get count(): number {
    return this.#history.log.count
  }

  /** Reads every byte of its messages and tells what is damaged. */
  verify(): Promise<readonly HistoryDamage[]> {
    return this.#turns.take(() => this.#history.verify())
  }

  /** Waits for what is being done. */
  settled(): Promise<void> {
    return this.#turns.take(async () => {})
  }

  async #receive(entries: readonly Entry[]): Promise<'received' | 'gap'> {
    const batch = new EntryBatch(this.#chat)
    for (const entry of entries) {
      if (entry.position <= batch.chat.position) continue
      if (entry.position > batch.chat.position + 1n) {
        await this.#storeBatch(batch)
        return 'gap'
      }
      const outcome = await receiveEntry(batch.chat, entry, this.#reader(batch))
      if (outcome.kind === 'epoch') {
        await this.#storeBatch(batch)
        await this.#rewrite(outcome.chat)
        batch.chat = outcome.chat
        if (outcome.remark) this.#tell(outcome.remark, entry.position)
      } else if (batch.add(outcome, entry.position) >= MAX_CHANGES) await this.#storeBatch(batch)
    }
    await this.#storeBatch(batch)
    return 'received'
  }

  #reader(batch: EntryBatch): Reader {
    const { identity, nowMs } = this.#context
    return {
      ...identity,
      nowMs: nowMs(),
      isKnown: async (id) =>
        messagesIn(batch.changes).some(({ messageId }) => messageId === id) ||
        (await this.#history.find(id)) !== undefined,
    }
  }

  async #storeBatch(batch: EntryBatch): Promise<void> {
    const { changes, remarks } = batch.take()
    if (changes.length === 0) return
    await this.#store(changes)
    for (const { remark, position } of remarks) this.#tell(remark, position)
  }

  async #prepareCommit(intent: CommitIntent): Promise<void> {
    const { saved } = await commit(this.#chat.group, this.#context.device, intent)
    const messageId = MessageId.toBytes(randomId(MessageId))
    const withoutPath = isOnlyAdding(intent)
    await this.#store(toChanges({ case: 'committed', value: { messageId, saved, withoutPath } }))
  }

  async #sealNext(): Promise<void> {
    const item = nextItem(this.#chat)
    if (item && !item.sealed) await this.#seal(item)
  }

  async #seal(item: ReturnType<typeof nextItem>): Promise<void> {
    const { chatId, group, position, logHashes, epochs, keeping } = this.#chat
    if (!item) return
    const { messageId, content } = item
    const { application, delta } = await sealMessage(group, this.#context.device, {
      chatId,
      messageId: MessageId.fromBytes(messageId),
      content,
      seen: { position, hash: logHashes.at(-1)! },
      historyKey: keeping.server && keeping.peerServer ? epochs.at(-1)!.historyKey : undefined,
    })
    await this.#store(toChanges({ case: 'sealed', value: { messageId, delta, application } }))
  }

  /** One transaction. */
  async #store(changes: readonly ChatChange[]): Promise<void> {
    const next = applyChanges(this.#chat, changes)
    this.#context.onStep('chat: record')
    await this.#journal.append(encodeRecord(changes))
    this.#context.onStep('chat: recorded')
    this.#chat = next
    const messages = messagesIn(changes)
    this.#unfiled.push(...messages)
    await this.#file()
    for (const entry of messages) this.#context.onEvent({ kind: 'message', chat: next.chatId, entry })
    if (this.#journal.size >= MAX_RECORDS) await this.#rewrite(next)
  }

  /** Gives the history what it may not have yet. */
  async #file(): Promise<void> {
    if (this.#unfiled.length === 0) return
    this.#context.onStep('chat: history')
    await this.#history.append(this.#unfiled)
    this.#context.onStep('chat: filed')
    this.#unfiled = []
  }

  /** One transaction too: a new journal in the place of the old. */
  async #rewrite(chat: LocalChat): Promise<void> {
    await this.#file()
    this.#context.onStep('chat: rewrite')
    await this.#journal.rewrite(encodeSnapshot(chat))
    this.#context.onStep('chat: rewritten')
    this.#chat = chat
  }

  /**
   * Where messages are not kept on this device: the account's own, which have come back, were shown. On a full disk it
   * is left to the next time: what came is stored, and can be read.
   */
  async #eraseShown(): Promise<void> {
    if (this.#chat.keeping.device) return
    const some = await this.#history.last(MAX_CHANGES)
    if (!some.some((entry) => this.#isShown(entry, this.#chat))) return
    await this.#erase(this.#chat).catch(ignoreNoSpace)
  }

  #isShown({ position, accountId }: HistoryEntry, { read }: LocalChat): boolean {
    return position <= read || accountId === this.#context.identity.accountId
  }

  /** One transaction: the chat as it is to be, without the messages that were shown. */
  async #erase(chat: LocalChat): Promise<void> {
    await this.#file()
    this.#context.onStep('chat: erase')
    const next = await this.#history.prepare((entry) => this.#isShown(entry, chat))
    await this.#rewrite({ ...chat, generation: next.generation })
    await this.#history.turnTo(next)
    this.#context.onStep('chat: erased')
  }

  #tell(remark: Remark, position?: bigint): void {
    const { chatId } = this.#chat
    const notice: Notice = { ...remark, chat: chatId, ...(position !== undefined && { position }) }
    this.#context.onEvent({ kind: 'notice', notice })
  }
}

function isOnlyAdding({ add = [], remove = [], state }: CommitIntent): boolean {
  return add.length > 0 && remove.length === 0 && !state
}
