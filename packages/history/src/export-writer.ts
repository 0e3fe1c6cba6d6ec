/** Writes an exported file from its beginning to its end, a block at a time. */
import { sha256 } from '@noble/hashes/sha2.js'
import { type AccountId, ChatId, compareBytes, labelled } from '@veche/protocol'
import { type Authorship, type ChatHeading, type ExportPart, encodePart } from './export-part.ts'
import { type ExportSeal, newSeal, sealPart } from './export-seal.ts'
import type { HistoryEntry } from './history-entry.ts'
import type { Stretch, Stretching } from './stretching.ts'

/** What one block holds at most, but for one long message. */
const BLOCK_ENTRIES = 256
const BLOCK_CONTENT_BYTES = 256 * 1024

/** Adds bytes to the file. */
export type WriteBytes = (bytes: Uint8Array) => Promise<void>

export interface ExportOptions {
  /** Whose history it is. */
  readonly accountId: AccountId
  readonly passphrase: string
  readonly stretch: Stretch
  readonly stretching?: Stretching
}

/** What the device signs with: its certificate, the key that this is about, and the signature of that key. */
export interface ExportAuthor extends Omit<Authorship, 'signature'> {
  readonly sign: (bytes: Uint8Array) => Promise<Uint8Array>
}

export class ExportWriter {
  readonly #seal: ExportSeal
  readonly #write: WriteBytes
  readonly #digest = sha256.create()
  #number = 0
  #chats = 0
  #messages = 0
  #chatId: Uint8Array = new Uint8Array()
  #position = 0n
  #batch: HistoryEntry[] = []
  #batchBytes = 0

  static async begin(write: WriteBytes, options: ExportOptions): Promise<ExportWriter> {
    const { passphrase, stretch, stretching, accountId } = options
    const writer = new ExportWriter(await newSeal(passphrase, stretch, stretching), write)
    await writer.#put(writer.#seal.header)
    await writer.#add({ kind: 'start', accountId })
    return writer
  }

  private constructor(seal: ExportSeal, write: WriteBytes) {
    this.#seal = seal
    this.#write = write
  }

  /** Messages so far. */
  get messages(): number {
    return this.#messages
  }

  get chats(): number {
    return this.#chats
  }

  /** What follows is of this chat; chats come by ascending id. @throws RangeError */
  async chat(heading: ChatHeading): Promise<void> {
    const id = ChatId.toBytes(heading.chatId)
    if (compareBytes(this.#chatId, id) >= 0) throw new RangeError('chats come by ascending id')
    await this.#flush()
    await this.#add({ kind: 'chat', ...heading })
    this.#chatId = id
    this.#position = 0n
    this.#chats++
  }

  /** Messages come by ascending position; another one at the position of the last is left out. @throws RangeError */
  async message(entry: HistoryEntry): Promise<void> {
    if (entry.position < this.#position) throw new RangeError('messages come by ascending position')
    if (entry.position === this.#position) return
    const isFull = this.#batchBytes + entry.content.length > BLOCK_CONTENT_BYTES
    if (isFull || this.#batch.length >= BLOCK_ENTRIES) await this.#flush()
    this.#batch.push(entry)
    this.#batchBytes += entry.content.length
    this.#position = entry.position
    this.#messages++
  }

  /** Nothing is written afterwards. */
  async end({ certificate, signatureKey, sign }: ExportAuthor): Promise<void> {
    await this.#flush()
    const signature = await sign(signedContent(this.#digest.digest()))
    const counts = { chats: this.#chats, messages: this.#messages }
    const part: ExportPart = { kind: 'end', ...counts, certificate, signatureKey, signature }
    await this.#write(await sealPart(this.#seal, this.#number, encodePart(part), { isLast: true }))
  }

  async #flush(): Promise<void> {
    if (this.#batch.length === 0) return
    const entries = this.#batch
    this.#batch = []
    this.#batchBytes = 0
    await this.#add({ kind: 'messages', entries })
  }

  async #add(part: ExportPart): Promise<void> {
    await this.#put(await sealPart(this.#seal, this.#number++, encodePart(part), { isLast: false }))
  }

  async #put(bytes: Uint8Array): Promise<void> {
    this.#digest.update(bytes)
    await this.#write(bytes)
  }
}

/** @param digest SHA-256 of the file before its last block */
export function signedContent(digest: Uint8Array): Uint8Array {
  return labelled('veche exported history signature v1', digest)
}
