/**
 * The core of one browser profile: everything heavy, loaded by the one worker that holds the lock. It opens the profile,
 * follows the server while there is an account, and answers all tabs.
 */
import type { Client, ClientEvent } from '@veche/client'
import { RefusedError } from '@veche/client/errors'
import { openBrowserProfile } from '@veche/client/web'
import { carryError } from './carried-error.ts'
import { Host } from './host.ts'
import type { Line } from './messages.ts'
import { toWholeRequest } from './whole-request.ts'

/** Calls after which there is an account that was not there, or none any more. */
const CHANGES_ACCOUNT: ReadonlySet<string> = new Set([
  'register',
  'login',
  'loginByLink',
  'recover',
  'logout',
])

/** Resolves when the core answers; it runs until its worker ends. */
export async function startCore(line: Line): Promise<void> {
  const core = new Core(line)
  await core.open()
}

class Core {
  readonly #host: Host
  readonly #opening = Promise.withResolvers<Client>()
  #isFollowing = false

  constructor(line: Line) {
    this.#opening.promise.catch(() => {}) // each caller hears of it
    this.#host = new Host(line, (part, name, args) => this.#perform(part, name, args))
  }

  async open(): Promise<void> {
    try {
      const client = await openBrowserProfile({ server: location.origin })
      void this.#pass(client)
      this.#opening.resolve(client)
      this.#host.status = { state: 'ready', connected: false }
      this.#follow(client)
    } catch (error) {
      this.#host.status = { state: 'failed', error: carryError(error) }
      this.#opening.reject(error)
    }
  }

  /** @param part and `name` stand in the table */
  async #perform(part: string, name: string, args: readonly unknown[]): Promise<unknown> {
    const client = await this.#opening.promise
    const receiver = (part === 'client' ? client : client[part as keyof Client]) as unknown as Receiver
    const member = receiver[name]
    if (typeof member !== 'function') return member
    const given = part === 'historyFiles' ? toWholeRequest(args) : args
    const result = await member.apply(receiver, given)
    if (part === 'client' && CHANGES_ACCOUNT.has(name)) this.#follow(client)
    return isReceipt(result) ? toReceipt(result) : result
  }

  /** For as long as there is an account. */
  #follow(client: Client): void {
    if (this.#isFollowing || client.account.kind !== 'ready') return
    this.#isFollowing = true
    void client
      .connect(new AbortController().signal)
      .catch((error: unknown) => {
        this.#host.status =
          error instanceof RefusedError
            ? { state: 'refused', reason: error.reason }
            : { state: 'failed', error: carryError(error) }
      })
      .finally(() => {
        this.#isFollowing = false
      })
  }

  async #pass(client: Client): Promise<void> {
    for await (const event of client.events(new AbortController().signal)) {
      this.#host.tell(event satisfies ClientEvent)
    }
  }
}

type Receiver = Readonly<Record<string, unknown>>

interface Receipt {
  readonly id: string
  readonly acknowledged: Promise<unknown>
}

function isReceipt(value: unknown): value is Receipt {
  return typeof value === 'object' && value !== null && 'acknowledged' in value
}

/** What becomes of it afterwards is told by events, and seen in the chat's messages. */
function toReceipt({ id, acknowledged }: Receipt): { id: string } {
  acknowledged.catch(() => {})
  return { id }
}
