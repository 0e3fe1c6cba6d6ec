/** What of a chat is kept where (M22), and what of it was shown. */
import type { ChatId } from '@veche/protocol'
import type { Chat } from '@veche/sync'
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
    await this.#chat(chat).markRead(seq)
  }

  #chat(chatId: ChatId): Chat {
    const chat = this.#member().delivery.chats.get(chatId)
    if (!chat) throw new UsageError('chat_unknown')
    return chat
  }
}
