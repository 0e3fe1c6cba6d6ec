/**
 * Where the passphrase of a profile comes from: the first line of the file that VECHE_PASSPHRASE_FILE names, or a
 * prompt that does not show it. Whoever's command is run by the process that has the profile is asked for none.
 */
import { exitCode } from './exit-code.ts'
import { Failure } from './failure.ts'
import { readFirstLine } from './password.ts'
import type { Terminal } from './terminal.ts'
import type { Words } from './words/en.ts'

const VARIABLE = 'VECHE_PASSPHRASE_FILE'
/** At a prompt people mistype; a file says the same thing each time. */
const MAX_ATTEMPTS = 3

export class PassphraseSource {
  readonly #terminal: Terminal
  readonly #words: Words
  #attempts = 0

  constructor(terminal: Terminal, words: Words) {
    this.#terminal = terminal
    this.#words = words
  }

  /**
   * @param wasWrong whether the one it gave last was not the one
   * @throws Failure `passphrase_needed`, `passphrase_wrong`, `passphrase_file`, `interrupted`
   */
  async next(wasWrong: boolean): Promise<string> {
    const path = this.#terminal.env[VARIABLE]
    if (path !== undefined && path !== '') {
      if (wasWrong) throw new Failure('passphrase_wrong', exitCode.locked)
      return this.#readFile(path)
    }
    if (wasWrong && this.#attempts >= MAX_ATTEMPTS) throw new Failure('passphrase_wrong', exitCode.locked)
    return this.#ask(wasWrong)
  }

  async #readFile(path: string): Promise<string> {
    const passphrase = await readFirstLine(path).catch(() => '')
    if (passphrase === '') throw new Failure('passphrase_file', exitCode.locked, path)
    return passphrase
  }

  async #ask(wasWrong: boolean): Promise<string> {
    if (wasWrong) this.#terminal.complain(`${this.#words.says.passphraseWrong}\n`)
    this.#attempts++
    const answer = await this.#terminal.askHidden(this.#words.prompts.passphrase)
    if (this.#terminal.interrupted.aborted) throw new Failure('interrupted', exitCode.interrupted)
    if (answer) return answer
    throw new Failure(wasWrong ? 'passphrase_wrong' : 'passphrase_needed', exitCode.locked)
  }
}
