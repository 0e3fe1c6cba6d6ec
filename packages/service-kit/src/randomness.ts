import { randomBytes, randomInt } from 'node:crypto'

/** Chance, as services see it. Keys and nonces never come from here: they use node:crypto directly. */
export interface Randomness {
  bytes(length: number): Uint8Array<ArrayBuffer>
  /** An integer from 0 up to, not including, `below`. */
  below(below: number): number
}

export const systemRandomness: Randomness = {
  bytes: (length) => Uint8Array.from(randomBytes(length)),
  below: (below) => randomInt(below),
}
