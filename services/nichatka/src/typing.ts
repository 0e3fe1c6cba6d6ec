/** Who is writing just now (N11): their panel is not made anew under their hands. Kept in memory alone. */
import type { Clock } from '@veche/service-kit'
import type { User } from './domain.ts'

const holdsMs = 20_000
const maxTyping = 100_000

export class Typing {
  readonly #clock: Clock
  /** Until when, by user. The first to end comes first. */
  readonly #until = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  set(user: User, isTyping: boolean): void {
    const key = keyOf(user)
    this.#until.delete(key)
    if (isTyping) this.#until.set(key, this.#clock.nowMs() + holdsMs)
    this.#forgetEnded()
  }

  has(user: User): boolean {
    return (this.#until.get(keyOf(user)) ?? 0) > this.#clock.nowMs()
  }

  #forgetEnded(): void {
    const nowMs = this.#clock.nowMs()
    for (const [key, untilMs] of this.#until) {
      if (untilMs > nowMs && this.#until.size <= maxTyping) return
      this.#until.delete(key)
    }
  }
}

function keyOf({ hostId, id }: User): string {
  return `${hostId} ${id}`
}
