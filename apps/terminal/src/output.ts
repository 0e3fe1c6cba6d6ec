/**
 * The one place through which a command prints: JSON, one object a line, or text for people, with everything
 * taken out that a terminal would obey (attack C12).
 */
import { type Failure, failureText } from './failure.ts'
import type { Progress } from './handover/frames.ts'
import { jsonLine, plainText } from './plain-text.ts'
import { type QrCode, qrText } from './qr-text.ts'
import type { Terminal } from './terminal.ts'
import type { Words } from './words/en.ts'

export type Fields = Readonly<Record<string, unknown>>

/** What people get: a text, or several with codes to scan among them. */
export type Shown = string | readonly (string | QrCode)[]

export class Output {
  readonly #terminal: Terminal
  readonly #words: Words
  readonly #isJson: boolean

  constructor(terminal: Terminal, words: Words, isJson: boolean) {
    this.#terminal = terminal
    this.#words = words
    this.#isJson = isJson
  }

  /**
   * Prints `fields` for programs, or `shown` for people, an empty line between its parts; nothing where there is none.
   * @param progress how far the command has come with it
   */
  async show(fields: Fields, shown: Shown | undefined, progress?: Progress): Promise<void> {
    if (!this.#isJson && shown === undefined) {
      if (progress) this.#terminal.report?.(progress)
      return
    }
    const text = this.#isJson ? jsonLine(fields) : this.#drawn(shown ?? '')
    await this.#terminal.write(`${text}\n`, progress)
  }

  /** Prints a line for each of `list`; people get `text` for all of it. */
  async showList(list: readonly Fields[], text: string): Promise<void> {
    const lines = this.#isJson
      ? list.map((fields) => `${jsonLine(fields)}\n`).join('')
      : `${plainText(text)}\n`
    if (lines !== '') await this.#terminal.write(lines)
  }

  /** Something beside the result, on standard error; programs get it where it has `fields`. */
  remark(text: string, fields?: Fields): void {
    if (!this.#isJson) this.#terminal.complain(`${plainText(text)}\n`)
    else if (fields !== undefined) this.#terminal.complain(`${jsonLine(fields)}\n`)
  }

  /** On standard error, where it cannot be taken for a result. */
  fail(failure: Failure): void {
    const message = failureText(failure, this.#words)
    const error = { reason: failure.reason, message, ...failure.fields }
    this.#terminal.complain(this.#isJson ? `${jsonLine({ error })}\n` : `${plainText(message)}\n`)
  }

  /** A code for which there is no room is left out. */
  #drawn(shown: Shown): string {
    const parts = typeof shown === 'string' ? [shown] : shown
    const drawn = parts.map((part) =>
      typeof part === 'string' ? plainText(part) : qrText(part, this.#terminal),
    )
    return drawn.filter((part) => part !== undefined).join('\n\n')
  }
}
