/**
 * Takes in the entries of one chat's log, and tells of what they bring once it is stored. Used by the chat's one writer
 * alone, one call after the other.
 */
import type { Entry } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { beginByOwn, isOwnBeginning } from './begin-anew.ts'
import type { ChatContext } from './chat.ts'
import { messagesIn } from './chat-record.ts'
import { type ChatStore, MAX_CHANGES } from './chat-store.ts'
import { EntryBatch } from './entry-batch.ts'
import type { GroupChange, Notice } from './events.ts'
import { groupChanges } from './group-change.ts'
import { isGroup, isOver, Standing } from './local-chat.ts'
import type { OwnCommits } from './own-commits.ts'
import { type Outcome, type Reader, type Remark, receiveEntry } from './receive-entry.ts'

export class Intake {
  readonly #context: Pick<ChatContext, 'identity' | 'nowMs' | 'onEvent'>
  readonly #store: ChatStore
  readonly #own: OwnCommits

  constructor(
    context: Pick<ChatContext, 'identity' | 'nowMs' | 'onEvent'>,
    store: ChatStore,
    own: OwnCommits,
  ) {
    this.#context = context
    this.#store = store
    this.#own = own
  }

  /** @returns `gap` when something before the entries is missing */
  async receive(entries: readonly Entry[]): Promise<'received' | 'gap'> {
    const isBegun = entries.some((entry) => isOwnBeginning(this.#store.state, entry))
    if (isOver(this.#store.state) && !isBegun) return 'received'
    const batch = new EntryBatch(this.#store.state)
    for (const entry of entries) {
      if (entry.position <= batch.chat.position) continue
      if (isOwnBeginning(batch.chat, entry)) {
        await this.#storeBatch(batch)
        await beginByOwn(this.#context, this.#store, entry)
        batch.chat = this.#store.state
        continue
      }
      if (isOver(batch.chat)) continue // it goes on with what this device has begun
      if (entry.position > batch.chat.position + 1n) {
        await this.#storeBatch(batch)
        return 'gap'
      }
      const outcome = await receiveEntry(batch.chat, entry, this.#reader(batch))
      if (outcome.kind === 'epoch') {
        await this.#storeBatch(batch)
        await this.#enter(outcome, entry.position)
        batch.chat = outcome.chat
      } else if (batch.add(outcome, entry.position) >= MAX_CHANGES) await this.#storeBatch(batch)
      if (isOver(batch.chat) && !isBegun) break
    }
    await this.#storeBatch(batch)
    return 'received'
  }

  /** Begins the epoch that a commit has brought. */
  async #enter(outcome: Extract<Outcome, { kind: 'epoch' }>, position: bigint) {
    const { chat, isOwn, remarks } = outcome
    const before = this.#store.state
    await this.#store.rewrite(chat)
    this.#own.settle(before.pending, isOwn ? 'in-force' : 'lost')
    for (const remark of remarks) this.tell(remark, position)
    for (const device of outcome.ownArrivals)
      this.#context.onEvent({ kind: 'own-device', change: 'added', device })
    if (before.standing === Standing.CREATING) return
    for (const change of groupChanges(before, chat, outcome)) this.#tellChange(change)
  }

  #reader(batch: EntryBatch): Reader {
    const { identity, nowMs } = this.#context
    return {
      ...identity,
      nowMs: nowMs(),
      find: async (id) =>
        messagesIn(batch.changes).find(({ messageId }) => messageId === id)?.position ??
        this.#store.history.find(id),
    }
  }

  async #storeBatch(batch: EntryBatch): Promise<void> {
    const { changes, remarks } = batch.take()
    if (changes.length === 0) return
    await this.#store.store(changes)
    for (const { remark, position } of remarks) {
      if (remark.kind === 'removed' && isGroup(this.#store.state))
        this.#tellChange({ change: 'left', ...(remark.by && { by: remark.by }) })
      else this.tell(remark, position)
    }
  }

  #tellChange(change: GroupChange): void {
    this.#context.onEvent({ kind: 'group', chat: this.#store.state.chatId, change })
  }

  /** People are told. */
  tell({ kind, detail, by }: Remark, position?: bigint): void {
    const { chatId } = this.#store.state
    const shown = { kind, ...(detail !== undefined && { detail }), ...(by && { by }) }
    const notice: Notice = { ...shown, chat: chatId, ...(position !== undefined && { position }) }
    this.#context.onEvent({ kind: 'notice', notice })
  }
}
