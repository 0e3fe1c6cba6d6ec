/** Who writes in which chat now, as far as this device hears. A word is good for six seconds; nothing is stored. */
import type { AccountId, ChatId } from '@veche/protocol'
import type { SyncEvent } from './events.ts'

export interface Heard {
  readonly chat: ChatId
  readonly by: AccountId
  /** Of the signal: the sender's clock in milliseconds, or later. */
  readonly number: bigint
  readonly isTyping: boolean
}

const GOOD_FOR_MS = 6000

export class Typing {
  readonly #onEvent: (event: SyncEvent) => void
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>()
  /** When each has sent their last message, by their own clocks: they wrote it before. */
  readonly #sentAtMs = new Map<string, number>()

  constructor(onEvent: (event: SyncEvent) => void) {
    this.#onEvent = onEvent
  }

  hear({ chat, by, number, isTyping }: Heard): void {
    const key = keyOf(chat, by)
    if (number <= BigInt(this.#sentAtMs.get(key) ?? 0)) return
    if (isTyping) this.#start(chat, by)
    else this.#stop(chat, by)
  }

  /** What they wrote has come. */
  sent(chat: ChatId, by: AccountId, sentAtMs: number): void {
    this.#sentAtMs.set(keyOf(chat, by), sentAtMs)
    this.#stop(chat, by)
  }

  /** Nobody is heard any more. */
  clear(): void {
    for (const key of [...this.#timers.keys()]) {
      const [chat, by] = key.split(' ') as [ChatId, AccountId]
      this.#stop(chat, by)
    }
  }

  #start(chat: ChatId, by: AccountId): void {
    const key = keyOf(chat, by)
    const before = this.#timers.get(key)
    clearTimeout(before)
    this.#timers.set(
      key,
      setTimeout(() => this.#stop(chat, by), GOOD_FOR_MS),
    )
    if (before === undefined) this.#onEvent({ kind: 'typing', chat, by, isTyping: true })
  }

  #stop(chat: ChatId, by: AccountId): void {
    const key = keyOf(chat, by)
    clearTimeout(this.#timers.get(key))
    if (this.#timers.delete(key)) this.#onEvent({ kind: 'typing', chat, by, isTyping: false })
  }
}

function keyOf(chat: ChatId, by: AccountId): string {
  return `${chat} ${by}`
}
