/** Keeps what is being written on this device, so that it is there when the chat is opened again or the program starts anew. */
import type { ChatSummary, Client } from '@veche/client'
import type { Talk } from './talk-state.ts'

type Drafts = Talk['drafts']
type ChatId = ChatSummary['chat']

/** After a key: a draft is not stored for each letter. */
const pauseMs = 1000

export class DraftKeeper {
  readonly #marks: Client['marks']
  readonly #changed = new Set<ChatId>()
  #drafts: Drafts = {}
  #timer: NodeJS.Timeout | undefined
  #work: Promise<void> = Promise.resolve()

  constructor(marks: Client['marks']) {
    this.#marks = marks
  }

  /** What was kept, by chat. */
  read(chats: readonly ChatId[]): Record<string, string> {
    const drafts = chats.map((chat) => [chat, this.#marks.draft(chat)] as const)
    return Object.fromEntries(drafts.filter(([, text]) => text !== ''))
  }

  /** To be called with each value; what has changed is kept a moment later. @returns the chats whose texts have changed */
  take(drafts: Drafts): ChatId[] {
    const before = this.#drafts
    if (drafts === before) return []
    this.#drafts = drafts
    const chats = [...new Set([...Object.keys(before), ...Object.keys(drafts)])] as ChatId[]
    const changed = chats.filter((chat) => before[chat]?.text !== drafts[chat]?.text)
    for (const chat of changed) this.#changed.add(chat)
    if (changed.length > 0) this.#timer ??= setTimeout(() => void this.flush().catch(() => {}), pauseMs)
    return changed
  }

  /** Keeps what is not kept yet; what the disk does not take is tried with the next change. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#work = this.#work.catch(() => {}).then(() => this.#keep())
    return this.#work
  }

  async #keep(): Promise<void> {
    for (const chat of [...this.#changed]) {
      await this.#marks.setDraft(chat, this.#drafts[chat]?.text ?? '')
      this.#changed.delete(chat)
    }
  }
}
