/**
 * Reads what is older than this device, in all its chats: the newest page of each first, then deeper and deeper in turn;
 * or, where somebody wishes to see more of one chat, the next page of that at once. What was read is durable, and whoever
 * dies goes on with the next page.
 *
 * A page that is not of the log that this device knows changes nothing and is an alarm (attack A9).
 */
import { type AccountId, ChatId, Turns } from '@veche/protocol'
import type { ListArchiveResponse } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Archive } from '@veche/protocol/gen/local/v1/chat_pb.js'
import { type ArchiveKeys, readArchived } from './archive-message.ts'
import { areCommitsPossible, gapsIn, outcomesOf } from './archive-outcomes.ts'
import { type ArchivePage, isOfLog, MAX_PAGE } from './archive-page.ts'
import { ArchiveSenders } from './archive-senders.ts'
import { pause } from './backoff.ts'
import type { Chat } from './chat.ts'
import { RefusedError, UnreachableError } from './errors.ts'
import type { SyncEvent } from './events.ts'
import type { HistoryKeyStore } from './history-key-store.ts'
import { isUntouched } from './local-archive.ts'
import type { LocalChat } from './local-chat.ts'
import type { ChatsClient } from './server.ts'
import type { OnStep } from './steps.ts'

export interface ArchiveReaderOptions {
  readonly server: { readonly chats: Pick<ChatsClient, 'listArchive' | 'listSenders'> }
  readonly chats: Iterable<Chat>
  readonly historyKeys: Pick<HistoryKeyStore, 'of'>
  readonly identity: { readonly accountId: AccountId }
  readonly nowMs: () => number
  readonly onEvent: (event: SyncEvent) => void
  readonly onStep: OnStep
}

/** Enough to fill a screen, and there at once. */
const FIRST_PAGE = 50

export class ArchiveReader {
  readonly #options: ArchiveReaderOptions
  readonly #senders: ArchiveSenders
  readonly #turns = new Map<ChatId, Turns>()
  /** Chats that are left alone until the next run. */
  readonly #halted = new Set<ChatId>()
  /** Chats of which the server has shown another past: nothing more is asked for. */
  readonly #altered = new Set<ChatId>()
  #running: Promise<void> | undefined

  constructor(options: ArchiveReaderOptions) {
    this.#options = options
    this.#senders = new ArchiveSenders(options.server.chats)
  }

  /** Whether the newest page of each chat is here, as far as the server gives it. */
  get hasNewest(): boolean {
    return !this.#unread().some(({ state }) => isUntouched(state.archive!))
  }

  /** Whether the server has not given what it was asked for. */
  get isHalted(): boolean {
    return this.#halted.size > 0
  }

  /** What runs now. */
  get running(): Promise<void> | undefined {
    return this.#running
  }

  /**
   * Reads on in all chats until nothing is left or the signal is aborted; what was left alone is tried again.
   * @throws what the disk threw
   */
  run(signal: AbortSignal, onProgress: () => void): Promise<void> {
    this.#halted.clear()
    this.#running ??= this.#runAll(signal, onProgress).finally(() => {
      this.#running = undefined
      onProgress()
    })
    return this.#running
  }

  /**
   * Reads the next page of one chat, or waits for the one that is being read.
   * @throws UnreachableError; RefusedError where the server asks to be asked later; what the disk threw
   */
  async readOn(chat: Chat, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const { chatId, archive } = chat.state
    const turns = this.#turns.get(chatId) ?? new Turns()
    this.#turns.set(chatId, turns)
    await turns.take(async () => {
      if (archive?.reached === chat.state.archive?.reached && this.#isUnread(chat))
        await this.#readPage(chat, signal)
    })
  }

  async #runAll(signal: AbortSignal, onProgress: () => void): Promise<void> {
    try {
      for (let some = this.#unread(); some.length > 0; some = this.#unread()) {
        for (const chat of some) {
          if (signal.aborted) return
          await this.#readPatiently(chat, signal)
          onProgress()
        }
      }
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error
      for (const { state } of this.#unread()) this.#halted.add(state.chatId)
    }
  }

  /** Waits where the server asks to be asked less often. */
  async #readPatiently(chat: Chat, signal: AbortSignal): Promise<void> {
    try {
      await this.readOn(chat, { signal })
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      await pause(error.retryAfterMs, signal)
    }
  }

  /** Those of which there is more to read; while there are any of which nothing was read, these. */
  #unread(): Chat[] {
    const some = [...this.#options.chats].filter((chat) => this.#isUnread(chat))
    const untouched = some.filter(({ state }) => isUntouched(state.archive!))
    return untouched.length > 0 ? untouched : some
  }

  #isUnread({ state: { chatId, archive } }: Chat): boolean {
    return archive !== undefined && !archive.ended && !this.#halted.has(chatId) && !this.#altered.has(chatId)
  }

  async #readPage(chat: Chat, signal: AbortSignal | undefined): Promise<void> {
    const { onEvent, onStep } = this.#options
    const { chatId, archive } = chat.state
    onStep('archive: fetch')
    try {
      const page = await this.#read(chat.state, archive!, signal)
      if (page) await chat.takeArchived(page)
      else this.#altered.add(chatId)
      onEvent(page ? { kind: 'archive', chat: chatId } : toAlarm(chatId))
    } catch (error) {
      if (!(error instanceof RefusedError) || error.retryAfterMs > 0) throw error
      this.#halted.add(chatId)
    }
  }

  /** @returns undefined where it is not what stood in the log */
  async #read(
    chat: LocalChat,
    archive: Archive,
    signal: AbortSignal | undefined,
  ): Promise<ArchivePage | undefined> {
    const { server, identity, nowMs } = this.#options
    const { chatId } = chat
    const limit = isUntouched(archive) ? FIRST_PAGE : MAX_PAGE
    const request = { chatId: ChatId.toBytes(chatId), before: archive.reached, limit }
    const page = await server.chats.listArchive(request, signal ? { signal } : {})
    if (!isOfLog(archive, page)) return undefined
    await this.#senders.meet(chatId, page.entries)
    const [keys, reader] = [this.#keysOf(chat), { own: identity.accountId, nowMs: nowMs() }]
    const outcomes = await outcomesOf(page.entries, (entry) => readArchived(chat, entry, keys, reader))
    const epochs = page.entries.map(({ epoch }) => epoch)
    return areCommitsPossible(archive, outcomes, epochs) ? toPage(archive, page, outcomes) : undefined
  }

  #keysOf({ chatId, epochs }: LocalChat): ArchiveKeys {
    return {
      historyKeys: (epoch) => [
        ...epochs.filter((one) => one.epoch === epoch).map(({ historyKey }) => historyKey),
        ...this.#options.historyKeys.of(chatId, epoch),
      ],
      signatureKey: (account, device) => this.#senders.keyOf(account, device),
    }
  }
}

function toPage(
  archive: Archive,
  { entries, previousLogHash, more }: ListArchiveResponse,
  outcomes: Awaited<ReturnType<typeof outcomesOf>>,
): ArchivePage {
  const reached = entries[0]?.position ?? archive.reached
  return {
    before: archive.reached,
    entries: outcomes.filter((outcome) => typeof outcome === 'object'),
    archived: {
      reached,
      logHash: entries.length > 0 ? previousLogHash : archive.logHash,
      ended: !more || reached === 1n,
      commits: outcomes.filter((outcome) => outcome === 'commit').length,
      gaps: gapsIn(reached, outcomes),
    },
  }
}

function toAlarm(chat: ChatId): SyncEvent {
  return { kind: 'notice', notice: { kind: 'archive-altered', chat } }
}
