/**
 * One chat of this device and its one writer: everything that changes the chat takes its turn here, so nothing else
 * needs a lock. It knows nothing of the network.
 *
 * Invariants
 * - What an encryption changed in the group is stored together with its ciphertext before anything is sent, so no
 *   generation of the ratchet is ever used twice; every retry sends the stored bytes. A pending commit likewise.
 * - A commit that is in force rewrites the journal under a new key.
 * - Nothing is written in a chat whose standing is not open.
 * What is durable when, chat-store.ts says.
 */

import { type Device, view } from '@veche/mls'
import { type ChatId, equalBytes, MessageId, Turns } from '@veche/protocol'
import type { Entry, Person } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { ArchivePage } from './archive-page.ts'
import { ChatBeginnings } from './chat-beginnings.ts'
import { ChatKeeping } from './chat-keeping.ts'
import { ChatMarksKeeper } from './chat-marks.ts'
import { ChatMessages } from './chat-messages.ts'
import { type ChangeInit, toChanges } from './chat-record.ts'
import { ChatStore, type ChatStoreContext } from './chat-store.ts'
import { type Addressed, encodeText } from './content.ts'
import { Intake } from './intake.ts'
import { isMissingKeys } from './local-archive.ts'
import { findItem, type LocalChat, newItem, nextItem, type PendingCommit, Standing } from './local-chat.ts'
import { sealMessage } from './message-seal.ts'
import { type Outgoing, toOutgoing } from './outgoing.ts'
import { type ChatIntent, type CommitFate, OwnCommits, prepareCommit } from './own-commits.ts'

export interface ChatContext extends ChatStoreContext {
  readonly device: Device
  /** Milliseconds since 1970. */
  readonly nowMs: () => number
}

export class Chat {
  readonly #context: ChatContext
  readonly #store: ChatStore
  readonly #turns = new Turns()
  readonly #own = new OwnCommits()
  readonly #intake: Intake
  readonly messages: ChatMessages
  readonly keeping: ChatKeeping
  /** Its being begun anew. */
  readonly beginnings: ChatBeginnings
  /** What stands beside its log. */
  readonly marks: ChatMarksKeeper

  /** As `ChatStore.open`. */
  static async open(context: ChatContext, chatId: ChatId): Promise<Chat | undefined> {
    const store = await ChatStore.open(context, chatId)
    return store && new Chat(context, store)
  }

  /** Begins to keep a chat. */
  static async create(context: ChatContext, chat: LocalChat): Promise<Chat> {
    return new Chat(context, await ChatStore.create(context, chat))
  }

  private constructor(context: ChatContext, store: ChatStore) {
    this.#context = context
    this.#store = store
    this.#intake = new Intake(context, store, this.#own)
    this.messages = new ChatMessages(store, this.#turns)
    this.keeping = new ChatKeeping(context, store, this.#turns)
    this.marks = new ChatMarksKeeper(context, store, this.#turns)
    this.beginnings = new ChatBeginnings(context, store, this.#turns)
  }

  get state(): LocalChat {
    return this.#store.state
  }

  /**
   * Puts another state in the place of the present one: for a chat that was created, and is joined instead. What
   * the user has read and keeps stays as it is.
   */
  replace(chat: LocalChat): Promise<void> {
    return this.#turns.take(() => {
      const { read, unread, mentioned, generation, keeping, marks } = this.state
      return this.#store.rewrite({
        ...chat,
        archive: keeping.device ? chat.archive : undefined,
        read,
        unread,
        mentioned,
        generation,
        marks,
        keeping: { ...chat.keeping, device: keeping.device },
      })
    })
  }

  /** Takes in a page of what is older than this device; nothing where it is not the next one any more. */
  takeArchived(page: ArchivePage): Promise<void> {
    return this.#turns.take(() => this.#store.addOlder(page))
  }

  /** More history keys are known: what could not be read without them is read again. */
  resetArchive(): Promise<void> {
    return this.#turns.take(async () => {
      if (this.state.archive && isMissingKeys(this.state.archive))
        await this.#store.store(toChanges({ case: 'archiveReset', value: {} }))
    })
  }

  /** Removes a chat that never came to be. */
  remove(): Promise<void> {
    return this.#turns.take(() => this.#store.remove())
  }

  /**
   * Takes a text in durable keeping. Once for one id: a message that was taken before stays as it is. With `fromDraft` the
   * draft is forgotten in the same transaction.
   * @returns its position in the log, 0 while it waits
   * @throws RangeError unless it has 1 to 16,000 characters, and names at most 50 accounts
   */
  queue(
    text: string,
    messageId: MessageId,
    { fromDraft = false, ...addressed }: Addressed & { readonly fromDraft?: boolean } = {},
  ): Promise<bigint> {
    return this.#turns.take(async () => {
      const id = MessageId.toBytes(messageId)
      const known = findItem(this.state, id)?.position ?? (await this.#store.history.find(messageId))
      if (known !== undefined) return known
      const { identity, nowMs } = this.#context
      const content = encodeText(
        { ...identity, messageId, chatId: this.state.chatId, sentAtMs: nowMs() },
        text,
        addressed,
      )
      const draft: ChangeInit[] = fromDraft ? [{ case: 'marks', value: { draft: '' } }] : []
      await this.#store.store(toChanges({ case: 'queued', value: newItem(id, content) }, ...draft))
      return 0n
    })
  }

  /** Takes in entries, which follow one another. @returns `gap` when something before them is missing */
  receive(entries: readonly Entry[]): Promise<'received' | 'gap'> {
    return this.#turns.take(async () => {
      const outcome = await this.#intake.receive(entries)
      await this.#store.eraseShown()
      return outcome
    })
  }

  /**
   * What is to be sent next; everything it needs is stored already.
   * @param update whether an update of this device's path may go now, though no message waits for it
   */
  prepare({ update }: { update: boolean }): Promise<Outgoing | undefined> {
    return this.#turns.take(async () => {
      const { standing, pending, updateDue } = this.state
      if (standing !== Standing.OPEN && standing !== Standing.CREATING) return undefined
      if (!pending && updateDue && (update || nextItem(this.state))) await this.#prepareCommit({})
      if (!this.state.pending && standing === Standing.OPEN) await this.#sealNext()
      return toOutgoing(this.state)
    })
  }

  /**
   * Prepares a commit, to be sent next. Nothing is done where the chat has left that epoch, or has a commit under way.
   * @returns for `fateOf`; undefined where nothing was done
   * @throws PolicyError when members would refuse it
   */
  commit(epoch: bigint, intent: ChatIntent): Promise<MessageId | undefined> {
    return this.#turns.take(async () => {
      const { group, pending, standing } = this.state
      if (standing !== Standing.OPEN || pending || view(group).epoch !== epoch) return undefined
      const messageId = await this.#prepareCommit(intent)
      this.#own.expect(messageId)
      return messageId
    })
  }

  /** The fate of this one will be asked for. */
  expect({ messageId }: PendingCommit): MessageId {
    const id = MessageId.fromBytes(messageId)
    this.#own.expect(id)
    return id
  }

  /** What became of a commit of this device; told once. */
  fateOf(messageId: MessageId): CommitFate {
    return this.#own.take(messageId)
  }

  /** Who accounts of a group are. */
  learnPeople(people: readonly Person[]): Promise<void> {
    return this.#turns.take(async () => {
      const news = people.filter((person) => !isKnownAs(this.state, person))
      if (news.length > 0)
        await this.#store.store(toChanges({ case: 'people', value: { people: [...news] } }))
    })
  }

  /** The server has the message, at this position. */
  acknowledge(messageId: Uint8Array, position: bigint): Promise<void> {
    return this.#turns.take(async () => {
      const item = findItem(this.state, messageId)
      if (!item) await this.#compare(messageId, position)
      if (item?.position !== 0n) return
      await this.#store.store(toChanges({ case: 'acknowledged', value: { messageId, position } }))
    })
  }

  /** The epoch of a message that waits is too old for the server: it is encrypted again, under its id (A13). */
  reseal(): Promise<void> {
    return this.#turns.take(() => this.#seal(nextItem(this.state)))
  }

  /** The server does not take a message: it is kept and not sent, until `resume`. */
  refuse(messageId: Uint8Array, reason: string): Promise<void> {
    return this.#turns.take(async () => {
      if (findItem(this.state, messageId)?.position !== 0n) return
      await this.#store.store(toChanges({ case: 'refused', value: { messageId, reason } }))
      this.#intake.tell({ kind: 'not-sent', detail: reason })
    })
  }

  /** A message that the server refused may be sent again. */
  resume(messageId: Uint8Array): Promise<void> {
    return this.#turns.take(async () => {
      if (!findItem(this.state, messageId)?.refused) return
      await this.#store.store(toChanges({ case: 'resumed', value: messageId }))
    })
  }

  /** The server refuses the pending commit for good. */
  drop(messageId: Uint8Array, detail: string): Promise<void> {
    return this.#turns.take(async () => {
      const { pending } = this.state
      if (!pending || !equalBytes(pending.messageId, messageId)) return
      await this.#store.store(toChanges({ case: 'dropped', value: {} }))
      const isAwaited = this.#own.settle(pending, { refused: detail })
      if (!isAwaited && !pending.beginning) this.#intake.tell({ kind: 'not-sent', detail })
    })
  }

  /** Opens the chat for writing, or closes it, where that is not the log's to say. */
  setStanding(
    standing: Standing.OPEN | Standing.CHANGED_BINDING | Standing.REMOVED | Standing.PARTED,
  ): Promise<void> {
    return this.#turns.take(() => this.#store.store(toChanges({ case: 'standing', value: standing })))
  }

  /** Its log goes on in a group that this device is not in. */
  miss(): Promise<void> {
    return this.#turns.take(async () => {
      if (this.state.standing !== Standing.OPEN) return
      await this.#store.store(toChanges({ case: 'standing', value: Standing.STUCK }))
      this.#intake.tell({ kind: 'stuck', detail: 'successor' })
    })
  }

  /** Waits for what is being done. */
  settled(): Promise<void> {
    return this.#turns.take(async () => {})
  }

  /** A message may come back before it is acknowledged, and elsewhere than the server then says (attack A9). */
  async #compare(messageId: Uint8Array, position: bigint): Promise<void> {
    const stands = await this.#store.history.find(MessageId.fromBytes(messageId))
    // What was sent anew stands in the history where it stood before.
    if (stands === undefined || stands < this.state.begunAt) return
    if (stands !== position) this.#intake.tell({ kind: 'fork' }, stands)
  }

  async #prepareCommit(intent: ChatIntent): Promise<MessageId> {
    const { messageId, changes } = await prepareCommit(this.state, this.#context.device, intent)
    await this.#store.store(changes)
    return messageId
  }

  async #sealNext(): Promise<void> {
    const item = nextItem(this.state)
    if (item && !item.sealed) await this.#seal(item)
  }

  async #seal(item: ReturnType<typeof nextItem>): Promise<void> {
    const { chatId, group, position, logHashes, epochs, keeping } = this.state
    if (!item) return
    const { messageId, content } = item
    const { application, delta } = await sealMessage(group, this.#context.device, {
      chatId,
      messageId: MessageId.fromBytes(messageId),
      content,
      seen: { position, hash: logHashes.at(-1)! },
      historyKey: keeping.server && keeping.peerServer ? epochs.at(-1)!.historyKey : undefined,
    })
    await this.#store.store(toChanges({ case: 'sealed', value: { messageId, delta, application } }))
  }
}

function isKnownAs({ people }: LocalChat, person: Person): boolean {
  const known = people.find(({ accountId }) => equalBytes(accountId, person.accountId))
  return known?.handle === person.handle && known.displayName === person.displayName
}
