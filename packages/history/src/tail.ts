/**
 * The end of a file that grows: what is known to be good, and nothing behind it. After an append that failed in
 * a way that could not be undone, the next one first cuts the file back.
 */
import type { Files } from './files.ts'

export class Tail {
  readonly #files: Files
  readonly #path: string
  #bytes: number
  #isSure = true

  /** @param bytes how long the file is */
  constructor(files: Files, path: string, bytes: number) {
    this.#files = files
    this.#path = path
    this.#bytes = bytes
  }

  get bytes(): number {
    return this.#bytes
  }

  /** @throws NoSpaceError */
  async append(bytes: Uint8Array): Promise<void> {
    if (!this.#isSure) await this.#files.truncate(this.#path, this.#bytes)
    this.#isSure = false
    await this.#files.append(this.#path, bytes)
    this.#isSure = true
    this.#bytes += bytes.length
  }
}
