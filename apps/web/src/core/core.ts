/**
 * The core of one browser profile: everything heavy, loaded by the one worker that holds the lock. It opens the profile,
 * follows the server while there is an account, and answers all tabs.
 */
import type { Client, ClientEvent } from '@veche/client'
import { RefusedError } from '@veche/client/errors'
import { type BrowserProfile, openBrowserProfile } from '@veche/client/web'
import { carryError } from './carried-error.ts'
import { exportHistory, importHistory } from './history-files.ts'
import { Host } from './host.ts'
import type { Line } from './messages.ts'

const BRINGS_ACCOUNT: ReadonlySet<string> = new Set(['register', 'login', 'loginByLink', 'recover'])

/** It runs until its worker ends. */
export function startCore(line: Line): void {
  new Core(line)
}

class Core {
  readonly #host: Host
  #profile: Promise<BrowserProfile>
  #isFollowing = false

  constructor(line: Line) {
    this.#host = new Host(line, (part, name, args) => this.#perform(part, name, args))
    this.#profile = this.#open()
  }

  /** Tells all tabs how it went; each caller hears of a failure, too. */
  #open(): Promise<BrowserProfile> {
    const opening = openBrowserProfile({ server: location.origin })
    opening.then(
      ({ client }) => {
        void this.#pass(client)
        this.#host.status = { state: 'ready', connected: false }
        this.#follow(client)
      },
      (error: unknown) => {
        this.#host.status = { state: 'failed', error: carryError(error) }
      },
    )
    return opening
  }

  /** @param part and `name` stand in the table */
  async #perform(part: string, name: string, args: readonly unknown[]): Promise<unknown> {
    const profile = await this.#profile
    const { client } = profile
    if (part === 'historyFiles') return withFile(client, name, args)
    const receiver = (part === 'client' ? client : client[part as keyof Client]) as unknown as Receiver
    const member = receiver[name]
    if (typeof member !== 'function') return member
    let result: unknown
    try {
      result = await member.apply(receiver, args)
    } finally {
      // One that fails may have found that there is an account already.
      if (part === 'client' && BRINGS_ACCOUNT.has(name)) this.#follow(client)
    }
    if (part === 'client' && name === 'logout' && !keepsHistory(args)) await this.#startAnew(profile)
    return isReceipt(result) ? toReceipt(result) : result
  }

  /** After a sign-out that keeps nothing: not even the key that everything was under. */
  async #startAnew(profile: BrowserProfile): Promise<void> {
    this.#profile = profile.erase().then(() => this.#open())
    await this.#profile
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

/** @param name `export` or `import`, as the table has them */
function withFile({ historyFiles }: Client, name: string, [request]: readonly unknown[]): Promise<unknown> {
  if (name === 'export') return exportHistory(historyFiles, request as Parameters<typeof exportHistory>[1])
  return importHistory(historyFiles, request as Parameters<typeof importHistory>[1])
}

/** As `LogoutOptions`. */
function keepsHistory([options]: readonly unknown[]): boolean {
  return (options as { keepHistory?: boolean } | undefined)?.keepHistory === true
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
