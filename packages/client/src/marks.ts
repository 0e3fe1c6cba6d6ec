/** What stands beside the messages of a chat (M20): muted, pinned, who has read and who writes, what is being written. */
import type { ChatId } from '@veche/protocol'
import { type Chat, FOR_GOOD } from '@veche/sync'
import { personIn } from './chat-views.ts'
import { UsageError } from './errors.ts'
import { accountsThatRead, type Progress, toProgress } from './mark-views.ts'
import type { Member } from './member.ts'
import type { Person } from './person.ts'

/** What the account lets others see; who does not show it does not see it of others either. */
export interface Switches {
  /** How far this account has read. */
  readonly readMarks: boolean
  /** That this account is writing. */
  readonly typing: boolean
}

export class Marks {
  readonly #member: () => Member

  /** @param member throws while there is no account */
  constructor(member: () => Member) {
    this.#member = member
  }

  /**
   * Mutes a chat on all devices of the account, or does so no more; durable here when it resolves.
   * @param until milliseconds since 1970; `for-good`; `off`
   * @throws UsageError `chat_unknown`
   */
  async mute(chat: ChatId, until: number | 'for-good' | 'off'): Promise<void> {
    const untilMs = until === 'off' ? 0n : until === 'for-good' ? FOR_GOOD : BigInt(until)
    await this.#chat(chat).marks.set('muted', untilMs)
  }

  /** Puts a chat first in the list on all devices of the account, or does so no more. @throws UsageError `chat_unknown` */
  async pin(chat: ChatId, isPinned: boolean): Promise<void> {
    await this.#chat(chat).marks.set('pinned', isPinned ? FOR_GOOD : 0n)
  }

  /** How far an own message of the log has come; from local state. @throws UsageError `chat_unknown` */
  progress(chat: ChatId, seq: bigint): Progress {
    return toProgress(this.#chat(chat).state, seq)
  }

  /** Who has read up to a message, of those who say so; from local state. @throws UsageError `chat_unknown` */
  readers(chat: ChatId, seq: bigint): Person[] {
    const { state } = this.#chat(chat)
    return accountsThatRead(state, seq).map((account) => personIn(state, account, this.#member().own))
  }

  /**
   * The user writes in a chat, or has stopped without sending. To be called at each key: others are told at most each four
   * seconds, while there is a connection. @throws UsageError `chat_unknown`
   */
  setTyping(chat: ChatId, isTyping: boolean): void {
    this.#member().delivery.marks.setTyping(this.#chat(chat), isTyping)
  }

  /** What the user had begun to write in a chat; empty where nothing. @throws UsageError `chat_unknown` */
  draft(chat: ChatId): string {
    return this.#chat(chat).state.marks.draft ?? ''
  }

  /** Keeps it for when the chat is opened again; it never leaves this device. @throws UsageError `chat_unknown` */
  async setDraft(chat: ChatId, text: string): Promise<void> {
    await this.#chat(chat).marks.setDraft(text)
  }

  /** All on by default. */
  get switches(): Switches {
    const { noReadMarks = false, noTyping = false } = this.#member().store.state.switches ?? {}
    return { readMarks: !noReadMarks, typing: !noTyping }
  }

  /** On this device. Durable when it resolves. */
  async setSwitches(change: Partial<Switches>): Promise<Switches> {
    const { readMarks, typing } = { ...this.switches, ...change }
    await this.#member().store.store({
      case: 'switches',
      value: { noReadMarks: !readMarks, noTyping: !typing },
    })
    if (!readMarks) for (const chat of this.#member().delivery.chats) await chat.marks.forgetReaders()
    return this.switches
  }

  #chat(chatId: ChatId): Chat {
    const chat = this.#member().delivery.chats.get(chatId)
    if (!chat) throw new UsageError('chat_unknown')
    return chat
  }
}
