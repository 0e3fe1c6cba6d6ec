/** The chats of this device, each with its one writer. */
import { type ChatId, DecodeError } from '@veche/protocol'
import { Chat, type ChatContext } from './chat.ts'
import { listStoredChats } from './chat-files.ts'
import { DamagedError } from './errors.ts'
import type { LocalChat } from './local-chat.ts'

export class Chats implements Iterable<Chat> {
  readonly #context: ChatContext
  readonly #chats = new Map<ChatId, Chat>()

  /** Opens what is stored. A chat that cannot be gone on with is told of and left as it is. */
  static async open(context: ChatContext): Promise<Chats> {
    const chats = new Chats(context)
    for (const chatId of await listStoredChats(context.files)) {
      const chat = await chats.#openStored(chatId)
      if (chat) chats.#chats.set(chatId, chat)
    }
    return chats
  }

  private constructor(context: ChatContext) {
    this.#context = context
  }

  get(chatId: ChatId): Chat | undefined {
    return this.#chats.get(chatId)
  }

  [Symbol.iterator](): Iterator<Chat> {
    return this.#chats.values()
  }

  /** Keeps a chat, or puts this state in the place of the one that is there. */
  async put(local: LocalChat): Promise<Chat> {
    const present = this.#chats.get(local.chatId)
    if (present) {
      await present.replace(local)
      return present
    }
    const chat = await Chat.create(this.#context, local)
    this.#chats.set(local.chatId, chat)
    return chat
  }

  /** Forgets a chat that never came to be. */
  async remove(chatId: ChatId): Promise<void> {
    const chat = this.#chats.get(chatId)
    this.#chats.delete(chatId)
    await chat?.remove()
  }

  async #openStored(chatId: ChatId): Promise<Chat | undefined> {
    try {
      return await Chat.open(this.#context, chatId)
    } catch (error) {
      if (!(error instanceof DamagedError || error instanceof DecodeError)) throw error
      this.#context.onEvent({ kind: 'notice', notice: { kind: 'damaged', chat: chatId } })
      return undefined
    }
  }
}
