/**
 * Tells quickly that a message id was not seen: a Bloom filter of three bits an id, of 16 bits for each of the ids that
 * are expected. Ids are random, so their own bytes choose the bits; whoever chooses ids can make it say `may` more
 * often, and nothing else.
 */
import { MessageId } from '@veche/protocol'

const BITS_AN_ID = 16
const LEAST_BITS = 2 ** 13
/** 16 MiB. */
const MOST_BITS = 2 ** 27

export class IdFilter {
  readonly #bits: Uint8Array
  readonly #mask: number

  constructor(expected: number) {
    let bits = LEAST_BITS
    while (bits < expected * BITS_AN_ID && bits < MOST_BITS) bits *= 2
    this.#bits = new Uint8Array(bits / 8)
    this.#mask = bits - 1
  }

  add(id: MessageId): void {
    for (const bit of this.#bitsOf(id)) this.#bits[bit >>> 3]! |= 1 << (bit & 7)
  }

  /** False for an id that was never added; true for one that was, and seldom for another. */
  mayHave(id: MessageId): boolean {
    return this.#bitsOf(id).every((bit) => (this.#bits[bit >>> 3]! & (1 << (bit & 7))) !== 0)
  }

  #bitsOf(id: MessageId): number[] {
    const { buffer } = MessageId.toBytes(id).slice()
    const view = new DataView(buffer)
    return [0, 4, 8].map((at) => view.getUint32(at) & this.#mask)
  }
}
