/**
 * Reads an exported file, a block at a time: nothing of it is given that is not authentic and in its place. Whether it is
 * whole, and who has written it, is known once `verify` has read it to its end.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { type AccountId, ChatId, compareBytes, DecodeError } from '@veche/protocol'
import { type Authorship, type ChatHeading, decodePart, type ExportPart } from './export-part.ts'
import {
  EXPORT_HEADER_BYTES,
  type ExportSeal,
  openPart,
  openSeal,
  PREFIX_BYTES,
  readPrefix,
} from './export-seal.ts'
import { signedContent } from './export-writer.ts'
import type { HistoryEntry } from './history-entry.ts'
import { TAG_BYTES } from './sealed-file.ts'
import type { Stretch } from './stretching.ts'

/** Bytes that stay what they are while they are read. */
export interface ByteSource {
  readonly size: number
  /** Fewer at the end. */
  read(offset: number, length: number): Promise<Uint8Array>
}

/** A chat in the file. */
export interface ExportedChat extends ChatHeading {
  readonly messages: number
  /** Where its messages begin. */
  readonly place: Place
}

/** What was found by reading all of it. */
export interface VerifiedExport extends Authorship {
  readonly accountId: AccountId
  readonly chats: readonly ExportedChat[]
  readonly messages: number
  /** What the signature is about. */
  readonly signed: Uint8Array
}

interface Place {
  readonly offset: number
  readonly number: number
}

interface PlacedPart {
  readonly part: ExportPart
  /** Of the next block. */
  readonly next: Place
}

const FIRST: Place = { offset: EXPORT_HEADER_BYTES, number: 0 }

export class ExportedFile {
  readonly #source: ByteSource
  readonly #seal: ExportSeal

  /**
   * @returns undefined when the passphrase is another
   * @throws DecodeError when the beginning is damaged, unknown here, or asks for too little or too much work
   */
  static async open(
    source: ByteSource,
    passphrase: string,
    stretch: Stretch,
  ): Promise<ExportedFile | undefined> {
    const seal = await openSeal(await source.read(0, EXPORT_HEADER_BYTES), passphrase, stretch)
    return seal && new ExportedFile(source, seal)
  }

  private constructor(source: ByteSource, seal: ExportSeal) {
    this.#source = source
    this.#seal = seal
  }

  /** Whose history it claims to be. @throws DecodeError */
  async accountId(): Promise<AccountId> {
    const { part } = await this.#read(FIRST)
    if (part.kind !== 'start') throw new DecodeError('exported history: without its beginning')
    return part.accountId
  }

  /**
   * Reads all of it.
   * @param onMessages told of all messages, in their order
   * @throws DecodeError when anything of it is damaged, missing, or not as it is to be
   */
  async verify(
    onMessages: (chat: ChatHeading, entries: readonly HistoryEntry[]) => void = () => {},
  ): Promise<VerifiedExport> {
    const accountId = await this.accountId()
    const inventory = new Inventory()
    const digest = sha256.create().update(this.#seal.header)
    for (let place = (await this.#read(FIRST, digest)).next; ; ) {
      const { part, next } = await this.#read(place, digest)
      if (part.kind === 'end') {
        if (next.offset !== this.#source.size) throw new DecodeError('exported history: more after its end')
        const { messages, chats } = inventory.ended(part)
        const { certificate, signatureKey, signature } = part
        const signed = signedContent(digest.digest())
        return { accountId, chats, messages, certificate, signatureKey, signature, signed }
      }
      inventory.add(part, next)
      if (part.kind === 'messages') onMessages(inventory.last, part.entries)
      place = next
    }
  }

  /** The messages of a chat, by ascending position. @throws DecodeError when the file is another than was verified */
  async *messages({ place }: Pick<ExportedChat, 'place'>): AsyncGenerator<HistoryEntry> {
    let before = 0n
    for (let at = place; ; ) {
      const { part, next } = await this.#read(at)
      if (part.kind !== 'messages') return
      if (part.entries[0]!.position <= before)
        throw new DecodeError('exported history: messages out of order')
      yield* part.entries
      before = part.entries.at(-1)!.position
      at = next
    }
  }

  /** @param digest of what stands before the last block */
  async #read(
    { offset, number }: Place,
    digest?: { update(bytes: Uint8Array): unknown },
  ): Promise<PlacedPart> {
    const { length, isLast } = readPrefix(await this.#source.read(offset, PREFIX_BYTES))
    const bytes = PREFIX_BYTES + length + TAG_BYTES
    if (offset + bytes > this.#source.size) throw new DecodeError('exported history: it ends too early')
    const block = await this.#source.read(offset, bytes)
    const part = decodePart(await openPart(this.#seal, number, block))
    if (isLast !== (part.kind === 'end')) throw new DecodeError('exported history: its end is not its end')
    if (!isLast) digest?.update(block)
    return { part, next: { offset: offset + bytes, number: number + 1 } }
  }
}

/** What a file holds, part after part: where its order is broken it is refused. */
class Inventory {
  readonly #chats: (ExportedChat & { messages: number })[] = []
  #messages = 0
  #position = 0n

  get last(): ExportedChat {
    const last = this.#chats.at(-1)
    if (last === undefined) throw new DecodeError('exported history: messages of no chat')
    return last
  }

  add(part: Exclude<ExportPart, { kind: 'end' }>, next: Place): void {
    if (part.kind === 'start') throw new DecodeError('exported history: it begins twice')
    if (part.kind === 'chat') this.#begin(part, next)
    else this.#count(part.entries)
  }

  /** @throws DecodeError when it is not what the end tells of */
  ended({ chats, messages }: { readonly chats: number; readonly messages: number }) {
    if (chats !== this.#chats.length || messages !== this.#messages) {
      throw new DecodeError('exported history: not all that was written')
    }
    return { chats: this.#chats, messages }
  }

  #begin({ chatId, handle, name }: ChatHeading, place: Place): void {
    const before = this.#chats.at(-1)
    if (before && compareBytes(ChatId.toBytes(before.chatId), ChatId.toBytes(chatId)) >= 0) {
      throw new DecodeError('exported history: chats out of order')
    }
    this.#chats.push({ chatId, handle, name, messages: 0, place })
    this.#position = 0n
  }

  #count(entries: readonly HistoryEntry[]): void {
    const { last } = this
    if (entries[0]!.position <= this.#position)
      throw new DecodeError('exported history: messages out of order')
    this.#position = entries.at(-1)!.position
    this.#chats[this.#chats.length - 1] = { ...last, messages: last.messages + entries.length }
    this.#messages += entries.length
  }
}
