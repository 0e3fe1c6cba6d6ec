/**
 * Messages that the server did not take, e.g. because the other person accepts none now (M19). They are kept on this
 * device with the reason, and go only when the user has them sent again.
 */
import type { ChatId } from '@veche/protocol'
import { MessageId } from '@veche/protocol'
import type { Chat } from '@veche/sync'
import { type ShownMessage, toShownOutbox } from './chat-views.ts'
import { UsageError } from './errors.ts'
import type { Member } from './member.ts'
import type { SendReceipt } from './views.ts'

export class Unsent {
  readonly #member: () => Member

  /** @param member throws while there is no account */
  constructor(member: () => Member) {
    this.#member = member
  }

  /** Of one chat, in the order in which they were written; from local state. @throws UsageError `chat_unknown` */
  list(chat: ChatId): ShownMessage[] {
    const shown = toShownOutbox(this.#chat(chat).state, this.#member().own)
    return shown.filter(({ state }) => state === 'not-sent')
  }

  /**
   * Has a message sent again, in its old place among those that wait.
   * @throws RefusedError `message_unknown` where it is not one of these, `chat_closed`, `changed_binding`; UsageError
   * `chat_unknown`; DecodeError when `id` is none
   */
  async resend(chat: ChatId, id: string): Promise<SendReceipt> {
    const messageId = MessageId.parse(id)
    const { acknowledged } = await this.#member().delivery.resend(this.#chat(chat), messageId)
    return { id: messageId, acknowledged }
  }

  #chat(chatId: ChatId): Chat {
    const chat = this.#member().delivery.chats.get(chatId)
    if (!chat) throw new UsageError('chat_unknown')
    return chat
  }
}
