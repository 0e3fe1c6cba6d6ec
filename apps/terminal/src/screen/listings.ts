/** What stands in the lists of the screen, read anew when something has happened. */
import { type Client, RefusedError, UnreachableError } from '@veche/client'
import { readChats } from './chat-items.ts'
import type { Happening } from './talk.ts'

export class Listings {
  readonly #client: Client
  readonly #take: (happening: Happening) => void
  #isReading = false
  #isDue = false

  constructor(client: Client, take: (happening: Happening) => void) {
    this.#client = client
    this.#take = take
  }

  /** Once more when something came meanwhile; never twice at once. */
  async readChats(): Promise<void> {
    this.#isDue = true
    if (this.#isReading) return
    this.#isReading = true
    try {
      while (this.#isDue) {
        this.#isDue = false
        this.#take({ kind: 'chats', chats: await readChats(this.#client) })
      }
    } finally {
      this.#isReading = false
    }
  }

  async readRequests(): Promise<void> {
    try {
      this.#take({ kind: 'requests', requests: await this.#client.requests.list() })
    } catch (error) {
      // Asked again with the next connection.
      if (!(error instanceof UnreachableError || error instanceof RefusedError)) throw error
    }
  }
}
