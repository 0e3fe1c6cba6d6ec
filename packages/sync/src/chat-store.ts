/**
 * What is kept of one chat: its journal and its history, and the value that they hold. Used by the chat's one writer
 * alone, one call after the other.
 *
 * Invariants
 * - One journal record is one local transaction, and the value in memory is what replaying the journal gives: it is
 *   changed only after the record is durable. A program that dies at any await leaves the state before the
 *   transaction or after it.
 * - The history follows the journal: it gets a message after the record that holds it, and again when the journal is
 *   opened; the journal is rewritten only when the history has all that its records hold. The history passes over
 *   what it has, so nothing is there twice.
 * - Each 1,000th record, and whoever begins an epoch, rewrites the journal under a new key: what the old key opened,
 *   ratchets and outbox included, is gone for good.
 * - Where messages are not kept on this device, those that were shown are left behind with the history that holds them
 *   (chat-history.ts) and with the journal's old key.
 */
import { type Files, type HistoryEntry, Journal, type ProfileKey } from '@veche/history'
import type { DeviceIdentity } from '@veche/mls'
import { type ChatId, MessageId } from '@veche/protocol'
import type { ChatChange } from '@veche/protocol/gen/local/v1/chat_pb.js'
import type { ArchivePage } from './archive-page.ts'
import { journalName } from './chat-files.ts'
import { type AddedMessages, ChatHistory, ignoreNoSpace } from './chat-history.ts'
import {
  type ChangeInit,
  encodeRecord,
  encodeSnapshot,
  messagesIn,
  replay,
  toChanges,
} from './chat-record.ts'
import { DamagedError } from './errors.ts'
import type { SyncEvent } from './events.ts'
import { applyChanges, findItem, type LocalChat } from './local-chat.ts'
import { readOf } from './local-marks.ts'
import type { OnStep } from './steps.ts'
import { countUnread, isReadable } from './unread.ts'

export interface ChatStoreContext {
  readonly files: Files
  readonly profileKey: ProfileKey
  readonly identity: Pick<DeviceIdentity, 'accountId' | 'deviceId'>
  readonly onEvent: (event: SyncEvent) => void
  readonly onStep: OnStep
}

/** Changes in one record: a long catch-up is stored in pieces of this many entries. */
export const MAX_CHANGES = 64
/** Records in a journal before it is rewritten. */
const MAX_RECORDS = 1000

export class ChatStore {
  readonly history: ChatHistory
  readonly #context: ChatStoreContext
  readonly #journal: Journal
  #chat: LocalChat
  /** In the journal's records, and not known to be in the history. */
  #unfiled: HistoryEntry[]

  /**
   * Opens what is stored of a chat; undefined when nothing of it was ever stored whole.
   * @throws DamagedError when records that were stored are missing: going on from an old state could use a key twice
   */
  static async open(context: ChatStoreContext, chatId: ChatId): Promise<ChatStore | undefined> {
    const journal = await Journal.open(context.files, journalName(chatId), context.profileKey)
    if (journal.repaired?.kind === 'damaged') throw new DamagedError('a chat: its journal is damaged')
    if (!journal.snapshot) {
      await Journal.remove(context.files, journalName(chatId))
      return undefined
    }
    const { chat, messages } = replay(journal.snapshot, journal.records)
    const history = await ChatHistory.open({ ...context, chatId }, chat.generation)
    const store = new ChatStore(context, journal, history, chat, messages)
    await store.#file()
    await store.eraseShown()
    return store
  }

  /** Begins to keep a chat; durable when it resolves. */
  static async create(context: ChatStoreContext, chat: LocalChat): Promise<ChatStore> {
    const { files, profileKey } = context
    const history = await ChatHistory.open({ ...context, chatId: chat.chatId }, chat.generation)
    context.onStep('chat: journal')
    const journal = await Journal.open(files, journalName(chat.chatId), profileKey)
    const store = new ChatStore(context, journal, history, chat, [])
    await store.rewrite(chat)
    return store
  }

  private constructor(
    context: ChatStoreContext,
    journal: Journal,
    history: ChatHistory,
    chat: LocalChat,
    unfiled: HistoryEntry[],
  ) {
    this.#context = context
    this.#journal = journal
    this.history = history
    this.#chat = chat
    this.#unfiled = unfiled
  }

  get state(): LocalChat {
    return this.#chat
  }

  /** One transaction. */
  async store(changes: readonly ChatChange[]): Promise<void> {
    const next = applyChanges(this.#chat, changes)
    this.#context.onStep('chat: record')
    await this.#journal.append(encodeRecord(changes))
    this.#context.onStep('chat: recorded')
    this.#chat = next
    const messages = messagesIn(changes)
    this.#unfiled.push(...messages)
    await this.#file()
    for (const entry of messages) this.#context.onEvent({ kind: 'message', chat: next.chatId, entry })
    if (this.#journal.size >= MAX_RECORDS) await this.rewrite(next)
  }

  /** One transaction too: a new journal in the place of the old. */
  async rewrite(chat: LocalChat): Promise<void> {
    await this.#file()
    this.#context.onStep('chat: rewrite')
    await this.#journal.rewrite(encodeSnapshot(chat))
    this.#context.onStep('chat: rewritten')
    this.#chat = chat
  }

  /**
   * A page of what is older. The history has its messages first, then the journal says how far it was read: a crash between
   * them fetches the page once more, and the history passes over what it has. What of it waits in the outbox was sent before
   * this device came into the chat anew: the log brings it no more. The server's answer alone does not say so (A9).
   */
  async addOlder({ before, entries, archived }: ArchivePage): Promise<void> {
    if (this.#chat.archive?.reached !== before) return
    await this.#file()
    this.#context.onStep('chat: older')
    await this.history.addOlder(entries)
    this.#context.onStep('chat: older filed')
    const sent = entries.filter(({ messageId }) => findItem(this.#chat, MessageId.toBytes(messageId)))
    await this.store(
      toChanges(
        { case: 'archived', value: archived },
        ...(await this.#unreadAfter(entries)),
        ...sent.map(withdrawn),
      ),
    )
  }

  /** Where this device was away from the chat for a while, what was written meanwhile was not shown yet. */
  async #unreadAfter(entries: readonly HistoryEntry[]): Promise<ChangeInit[]> {
    const { read, unread } = this.#chat
    const after = readOf(this.#chat)
    if (!entries.some(({ position }) => position > after)) return []
    const { accountId } = this.#context.identity
    const left = await countUnread(this.history.log, accountId, { after, atMost: unread + entries.length })
    return [{ case: 'read', value: { position: read, ...left } }]
  }

  /** One transaction: the chat as it is to be, without the messages that were shown. */
  async erase(chat: LocalChat): Promise<void> {
    await this.#file()
    this.#context.onStep('chat: erase')
    const next = await this.history.prepare((entry) => this.#isShown(entry, chat))
    await this.rewrite({ ...chat, generation: next.generation })
    await this.history.turnTo(next)
    this.#context.onStep('chat: erased')
  }

  /** One transaction: the messages that are not here yet, as if they were shown. @returns how many these are */
  async add(messages: Pick<AddedMessages, 'entries' | 'most'>): Promise<number> {
    await this.#file()
    this.#context.onStep('chat: add')
    const chat = this.#chat
    const isUnread = (entry: HistoryEntry) =>
      chat.unread > 0 && !this.#isShown(entry, chat) && isReadable(entry)
    const next = await this.history.prepareWith({ ...messages, isUnread })
    if (next === undefined) return 0
    this.#context.onStep('chat: prepared')
    const read = next.read > chat.read ? next.read : chat.read
    await this.rewrite({ ...chat, generation: next.generation, read })
    await this.history.turnTo(next)
    this.#context.onStep('chat: added')
    return next.count
  }

  /**
   * Where messages are not kept on this device: the account's own, which have come back, were shown. On a full disk it
   * is left to the next time: what came is stored, and can be read.
   */
  async eraseShown(): Promise<void> {
    if (this.#chat.keeping.device) return
    const some = await this.history.last(MAX_CHANGES)
    if (!some.some((entry) => this.#isShown(entry, this.#chat))) return
    await this.erase(this.#chat).catch(ignoreNoSpace)
  }

  /** Forgets the journal of a chat that never came to be. */
  remove(): Promise<void> {
    return Journal.remove(this.#context.files, journalName(this.#chat.chatId))
  }

  /** Gives the history what it may not have yet. */
  async #file(): Promise<void> {
    if (this.#unfiled.length === 0) return
    this.#context.onStep('chat: history')
    await this.history.append(this.#unfiled)
    this.#context.onStep('chat: filed')
    this.#unfiled = []
  }

  #isShown({ position, accountId }: HistoryEntry, { read }: LocalChat): boolean {
    return position <= read || accountId === this.#context.identity.accountId
  }
}

function withdrawn({ messageId }: HistoryEntry): ChangeInit {
  return { case: 'withdrawn', value: MessageId.toBytes(messageId) }
}
