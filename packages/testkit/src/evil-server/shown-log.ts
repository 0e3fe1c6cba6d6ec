/**
 * A chat's log as one device is shown it: the real entries after tampering, in positions of its own without gaps. A
 * liar must be consistent: what was shown once stays, so every entry is tampered with once and remembered.
 *
 * Before `begin` nothing was ever tampered with; there both logs are the same.
 */
import { hash } from 'node:crypto'
import { clone, create, equals } from '@bufbuild/protobuf'
import { EMPTY_LOG_HASH, hashEntry, hashLog } from '@veche/protocol'
import { type Entry, EntryKind, EntrySchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'

/** What stands in the place of an entry; `held`: neither it nor what follows is shown yet. */
export type EntryFate = readonly Entry[] | 'held'
export type EntryTampering = (entry: Entry, log: ShownLog) => EntryFate

interface Shown {
  readonly entry: Entry
  /** The real position that had been reached when it was shown. */
  readonly reached: bigint
  /** It is what really stands at this position. */
  readonly isReal: boolean
}

export class ShownLog {
  readonly chatId: Uint8Array
  readonly begin: bigint
  readonly #shown: Shown[] = []
  readonly #waiting: Entry[] = []
  #reached: bigint
  #taken: bigint
  /** Nothing was left out or forgotten. */
  #isWhole = true

  constructor(chatId: Uint8Array, begin: bigint) {
    this.chatId = chatId
    this.begin = begin
    this.#reached = begin
    this.#taken = begin
  }

  /** The greatest position that can be read. */
  get head(): bigint {
    return this.begin + BigInt(this.#shown.length)
  }

  /** The greatest real position that is known here. */
  get taken(): bigint {
    return this.#taken
  }

  get entries(): readonly Entry[] {
    return this.#shown.map(({ entry }) => entry)
  }

  /** What stands at a position; undefined before the log begins, and after its end. */
  entryAt(position: bigint): Entry | undefined {
    return this.#shown[Number(position - this.begin) - 1]?.entry
  }

  /** Whether all that was shown so far is the real log. */
  get isFaithful(): boolean {
    return this.#isWhole && this.isRealUpTo(this.head)
  }

  /** Whether what stands up to here is the real log. */
  isRealUpTo(position: bigint): boolean {
    return this.#shown.slice(0, Math.max(0, Number(position - this.begin))).every(({ isReal }) => isReal)
  }

  /** Takes in real entries; those that are known already are passed over. */
  take(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.position !== this.#taken + 1n) continue
      this.#waiting.push(entry)
      this.#taken = entry.position
    }
  }

  /** Decides what becomes of what was taken in, up to the first that is held. */
  turn(tamper: EntryTampering): void {
    for (;;) {
      const [next] = this.#waiting
      if (!next) return
      const fate = tamper(next, this)
      if (fate === 'held') return
      this.#waiting.shift()
      this.#reached = next.position
      for (const entry of fate) this.#show(entry, this.head + 1n === next.position && isSame(entry, next))
      if (this.head !== next.position) this.#isWhole = false
    }
  }

  /** Shows an entry at the end, whoever made it. */
  append(entry: Entry): void {
    this.#show(entry, false)
  }

  /** As a server that was brought back to an older state: the last entries are gone, and their positions free. */
  forget(count: number): void {
    this.#shown.splice(-count, count)
    this.#isWhole = false
  }

  after(position: bigint, limit = 500): Entry[] {
    const from = Number(position - this.begin)
    return this.#shown.slice(Math.max(0, from), Math.max(0, from) + limit).map(({ entry }) => entry)
  }

  /** Where a real position stands here, or would, if nothing more were tampered with. */
  toShown(real: bigint): bigint {
    if (real <= this.begin) return real
    if (real > this.#reached) return this.head + (real - this.#reached)
    const index = this.#shown.findIndex(({ reached }) => reached >= real)
    return index < 0 ? this.head : this.begin + BigInt(index + 1)
  }

  /** The greatest real position of what is shown up to here. */
  toReal(position: bigint): bigint {
    if (position <= this.begin) return position
    const index = Number(position - this.begin) - 1
    return this.#shown[Math.min(index, this.#shown.length - 1)]?.reached ?? this.begin
  }

  /** Binds what stands at the positions after `from` up to `position`: equal where two devices are shown the same. */
  digest(from: bigint, position: bigint): string {
    const [start, end] = [from, position].map((at) => Math.max(0, Number(at - this.begin)))
    const logHash = this.#shown.slice(start, end).reduce<Uint8Array>((before, { entry }) => {
      const own = entry.kind === EntryKind.REMOVED ? entry.entryHash : hashEntry(sha256, entry)
      return hashLog(sha256, before, own)
    }, EMPTY_LOG_HASH)
    return Buffer.from(logHash).toString('hex')
  }

  #show(entry: Entry, isReal: boolean): void {
    const shown = { ...clone(EntrySchema, entry), position: this.head + 1n }
    this.#shown.push({ entry: shown, reached: this.#reached, isReal })
  }
}

/** The epoch beside an MLS message is the server's note: the message has its own inside, and devices go by that. */
function isSame(entry: Entry, { epoch, ...other }: Entry): boolean {
  return equals(
    EntrySchema,
    create(EntrySchema, { ...entry, epoch }),
    create(EntrySchema, { ...other, epoch }),
  )
}

function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer')
}
