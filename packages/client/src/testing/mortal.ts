/** A person whose program can be made to die at any point, and to start again with what its disk then held (F16). */
import { isMessage, type Message } from '@bufbuild/protobuf'
import { bytesToHex } from '@noble/hashes/utils.js'
import { importProfileKey, MemoryFiles, type Unsynced } from '@veche/history'
import {
  AppendRequestSchema,
  CreateChatRequestSchema,
  CreateGroupRequestSchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type Client, openClient } from '../client.ts'
import type { ClientEvent } from '../views.ts'
import type { TestLine } from './test-line.ts'
import type { TestServer } from './test-server.ts'

/**
 * Where a program dies: at the n-th named step, at the n-th step of its disk, or when the n-th thing that it sends
 * to a chat has left it, which then never arrives.
 */
export type Death =
  | { readonly kind: 'sent'; readonly after: number }
  | { readonly kind: 'step'; readonly after: number }
  | { readonly kind: 'disk'; readonly after: number; readonly unsynced: Unsynced }

class Died extends Error {
  override readonly name = 'Died'
}

export class Mortal {
  readonly handle: string
  readonly notices: ClientEvent[] = []
  /** Of every life. */
  readonly shown: string[] = []
  /** By message id: what was sent under it, in every life. */
  readonly sent = new Map<string, Set<string>>()
  readonly #server: TestServer
  #files: MemoryFiles
  #line: TestLine
  #client: Client | undefined
  #listening = new AbortController()
  #steps = 0
  #diesAt = Number.POSITIVE_INFINITY
  #sendsLeft = Number.POSITIVE_INFINITY
  deaths = 0

  constructor(server: TestServer, handle: string, files = new MemoryFiles()) {
    this.#server = server
    this.handle = handle
    this.#files = files
    this.#line = server.connect()
  }

  get line(): TestLine {
    return this.#line
  }

  /** What its disk holds. */
  snapshot(): ReturnType<MemoryFiles['snapshot']> {
    return this.#files.snapshot()
  }

  async client(): Promise<Client> {
    if (this.#client) return this.#client
    const line = this.#server.connect()
    line.onRequest = (_, input) => this.#note(input)
    this.#line = line
    this.#client = await openClient({
      files: this.#files,
      profileKey: await importProfileKey(new Uint8Array(32).fill(1)),
      connectTo: () => line,
      server: 'memory:',
      maxUpdateDelayMs: 0,
      onStep: () => {
        if (++this.#steps < this.#diesAt) return
        this.#stop()
        throw new Died()
      },
    })
    this.#listen(this.#client)
    return this.#client
  }

  /** Does something; where the program dies on the way it is started again, and does it again. */
  async survive<T>(death: Death, act: (client: Client) => Promise<T>): Promise<T> {
    this.#steps = 0
    if (death.kind === 'step') this.#diesAt = death.after
    else if (death.kind === 'sent') this.#sendsLeft = death.after
    else this.#files.stopAfter = this.#files.steps + death.after
    try {
      const result = await act(await this.client())
      if (!this.#isDead) return result
    } catch (error) {
      if (!this.#isDead) throw error
    } finally {
      if (!this.#isDead) this.#files.stopAfter = Number.POSITIVE_INFINITY
      this.#diesAt = Number.POSITIVE_INFINITY
      this.#sendsLeft = Number.POSITIVE_INFINITY
    }
    await this.#restart(death.kind === 'disk' ? death.unsynced : 'lost')
    return act(await this.client())
  }

  /** Also when what ended it was caught by something that expected worse. */
  get #isDead(): boolean {
    return this.#files.steps >= this.#files.stopAfter
  }

  async close(): Promise<void> {
    await this.#client?.close()
    this.#client = undefined
    this.#listening.abort()
  }

  #stop(): void {
    this.#line.cut()
    this.#files.stopAfter = this.#files.steps
  }

  async #restart(unsynced: Unsynced): Promise<void> {
    this.deaths++
    this.#line.cut()
    await this.#client?.close().catch(() => {}) // what a dead program still tries is nobody's concern
    this.#client = undefined
    this.#files = this.#files.afterCrash(unsynced)
  }

  /** Two ciphertexts under one id would be two uses of one generation, or of none that was stored. */
  #note(input: object): void {
    const bytes = bytesSent(input)
    if (!bytes) return
    const id = bytesToHex(bytes.messageId)
    this.sent.set(id, (this.sent.get(id) ?? new Set()).add(bytesToHex(bytes.mlsMessage)))
    if (--this.#sendsLeft === 0) this.#stop()
  }

  #listen(client: Client): void {
    this.#listening.abort()
    this.#listening = new AbortController()
    const events = client.events(this.#listening.signal)
    void (async () => {
      for await (const event of events) {
        if (event.type === 'notice') this.notices.push(event)
        if (event.type === 'message') this.shown.push(event.id)
      }
    })()
  }
}

function bytesSent(input: object): { messageId: Uint8Array; mlsMessage: Uint8Array } | undefined {
  const message = input as Message
  if (isMessage(message, CreateChatRequestSchema) || isMessage(message, CreateGroupRequestSchema)) {
    return { messageId: message.messageId, mlsMessage: message.handshake!.commit }
  }
  if (!isMessage(message, AppendRequestSchema)) return undefined
  const { messageId, entry } = message
  if (entry.case === 'application') return { messageId, mlsMessage: entry.value.mlsMessage }
  return { messageId, mlsMessage: entry.value!.commit }
}
