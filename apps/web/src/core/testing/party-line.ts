import type { FromCore, Line, ToCore } from '../messages.ts'

/** A line between a core and tabs of one process; every message is cloned, and arrives a moment later at all others. */
export class PartyLine {
  /** Whether what is said is held back. */
  isHeld = false
  readonly said: (ToCore | FromCore)[] = []
  readonly #ends = new Set<(message: ToCore | FromCore) => void>()

  /** @returns the end, and what cuts it off as the end of a tab does */
  end(): Line & { cut(): void } {
    const hears: ((message: ToCore | FromCore) => void)[] = []
    const hear = (message: ToCore | FromCore) => {
      for (const each of hears) each(message)
    }
    this.#ends.add(hear)
    let isCut = false
    return {
      listen: (listener) => hears.push(listener),
      post: (message) => {
        const cloned = structuredClone(message)
        if (isCut || this.isHeld) return
        this.said.push(cloned)
        for (const other of this.#ends) if (other !== hear) queueMicrotask(() => other(cloned))
      },
      cut: () => {
        isCut = true
        this.#ends.delete(hear)
      },
    }
  }
}
