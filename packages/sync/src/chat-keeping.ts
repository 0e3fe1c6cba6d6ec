/**
 * How far the user has read one chat on this device, and where its messages stay (M22): what was shown is erased where
 * nothing is kept. It changes in the chat's turns.
 */
import type { Turns } from '@veche/protocol'
import type { ChatContext } from './chat.ts'
import { toChanges } from './chat-record.ts'
import type { ChatStore } from './chat-store.ts'
import { applyChanges, type LocalChat } from './local-chat.ts'
import { toWireKeeping } from './local-keeping.ts'
import { readOf } from './local-marks.ts'
import { countUnread } from './unread.ts'
import { isSame, type Wishes, withWishes } from './wishes.ts'

export class ChatKeeping {
  readonly #context: Pick<ChatContext, 'identity' | 'onEvent'>
  readonly #store: ChatStore
  readonly #turns: Turns

  constructor(context: Pick<ChatContext, 'identity' | 'onEvent'>, store: ChatStore, turns: Turns) {
    this.#context = context
    this.#store = store
    this.#turns = turns
  }

  /** Everything up to a position was shown to the user. Marks only grow, and never past what the device has. */
  markRead(position: bigint): Promise<void> {
    return this.#turns.take(async () => {
      const { read, unread, position: end } = this.#chat
      const upTo = position < end ? position : end
      if (upTo <= read) return
      const { accountId } = this.#context.identity
      const elsewhere = readOf(this.#chat)
      const after = upTo > elsewhere ? upTo : elsewhere
      const left = await countUnread(this.#store.history.log, accountId, { after, atMost: unread })
      const changes = toChanges({ case: 'read', value: { position: upTo, ...left } })
      if (this.#chat.keeping.device) await this.#store.store(changes)
      else await this.#store.erase(applyChanges(this.#chat, changes))
      if (upTo > elsewhere) this.#context.onEvent({ kind: 'marks', chat: this.#chat.chatId, isHere: true })
    })
  }

  /**
   * Whether messages stay on this device after they were shown (M22). Those that were, and the device's own, are
   * erased where they are to stay no longer.
   */
  setDevice(device: boolean): Promise<void> {
    return this.#turns.take(async () => {
      const { keeping } = this.#chat
      if (keeping.device === device) return
      const changes = toChanges({ case: 'keeping', value: toWireKeeping({ ...keeping, device }) })
      if (device) await this.#store.store(changes)
      else await this.#store.erase(applyChanges(this.#chat, changes))
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
      await this.#store.store(toChanges({ case: 'keeping', value: toWireKeeping(next) }))
      this.#context.onEvent({ kind: 'keeping', chat: this.#chat.chatId })
    })
  }

  get #chat(): LocalChat {
    return this.#store.state
  }
}
