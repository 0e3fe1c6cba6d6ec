/** What of a chat is kept where (M22), and what of it was shown. */
import type { ChatId } from '@veche/protocol'
import type { Chat } from '@veche/sync'
import { type Kept, toKept } from './chat-views.ts'
import { UsageError } from './errors.ts'
import type { Member } from './member.ts'

export class Keeping {
  readonly #member: () => Member

  /** @param member throws while there is no account */
  constructor(member: () => Member) {
    this.#member = member
  }

  /**
   * Everything up to `seq` was shown. Durable when it resolves. Marks only grow; one past the end of what the device
   * has counts as the end. One's own messages are never unread.
   * @throws UsageError `chat_unknown`
   */
  async markRead(chat: ChatId, seq: bigint): Promise<void> {
    await this.#chat(chat).keeping.markRead(seq)
  }

  /** Where the chat's history is kept; from local state. @throws UsageError `chat_unknown` */
  get(chat: ChatId): Kept {
    return toKept(this.#chat(chat).state.keeping)
  }

  /**
   * Keeps a chat's history, or does so no more: `server` by this account's wish, `device` on this device alone. What
   * is removed does not come back; where it is kept again, it is from then on.
   *
   * On the server it is kept only while the peer wishes it, too; else each message is removed there once every device
   * in the chat has it. From this device everything that was shown is erased at once, and a message that comes later
   * once it was shown (`markRead`); the account's own are erased as soon as they are in the log.
   * @throws UsageError `chat_unknown`; UnreachableError, RefusedError by `server`, which comes first: then nothing
   * has changed on this device
   */
  async set(
    chat: ChatId,
    { device, server }: { readonly device?: boolean; readonly server?: boolean },
  ): Promise<Kept> {
    const held = this.#chat(chat)
    if (server !== undefined) await this.#member().delivery.wishKept(held, server)
    if (device !== undefined) await held.keeping.setDevice(device)
    return this.get(chat)
  }

  #chat(chatId: ChatId): Chat {
    const chat = this.#member().delivery.chats.get(chatId)
    if (!chat) throw new UsageError('chat_unknown')
    return chat
  }
}
