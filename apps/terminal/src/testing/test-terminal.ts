/** A terminal whose both sides a test holds. */
import type { Progress } from '../handover/frames.ts'
import type { Terminal } from '../terminal.ts'

export interface TestTerminalOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** Answers to hidden questions, in order; none left means that nobody is there. */
  readonly secrets?: readonly string[]
  /** The same for questions whose answers are seen. */
  readonly answers?: readonly string[]
}

export class TestTerminal implements Terminal {
  readonly env: Readonly<Record<string, string>>
  readonly columns = 80
  readonly colours = false
  readonly progress: Progress[] = []
  readonly questions: string[] = []
  out = ''
  err = ''
  readonly #interruption = new AbortController()
  readonly #input: string
  readonly #secrets: string[]
  readonly #answers: string[]
  readonly #watchers = new Set<() => void>()

  constructor({ env = {}, input = '', secrets = [], answers = [] }: TestTerminalOptions = {}) {
    this.env = env
    this.#input = input
    this.#secrets = [...secrets]
    this.#answers = [...answers]
  }

  get interrupted(): AbortSignal {
    return this.#interruption.signal
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    this.#interruption.abort('SIGINT')
  }

  async write(text: string, progress?: Progress): Promise<void> {
    this.out += text
    if (progress) this.progress.push(progress)
    this.#changed()
  }

  complain(text: string): void {
    this.err += text
    this.#changed()
  }

  report(progress: Progress): void {
    this.progress.push(progress)
    this.#changed()
  }

  async readInput(maxBytes: number): Promise<string | undefined> {
    return Buffer.byteLength(this.#input) > maxBytes ? undefined : this.#input
  }

  async askHidden(question: string): Promise<string | undefined> {
    this.questions.push(question)
    return this.#secrets.shift()
  }

  async ask(question: string): Promise<string | undefined> {
    this.questions.push(question)
    return this.#answers.shift()
  }

  /** What was printed as JSON, one value a line. */
  get lines(): Record<string, unknown>[] {
    return this.out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  /** Resolves once the terminal shows what `isThere` looks for. */
  until(isThere: (terminal: this) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isThere(this)) return
        this.#watchers.delete(look)
        resolve()
      }
      this.#watchers.add(look)
      look()
    })
  }

  #changed(): void {
    for (const look of this.#watchers) look()
  }
}
