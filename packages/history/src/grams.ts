/**
 * The grams of folded texts as a set of bits: whether a text may be among them, told from 16 KiB. A gram is one, two
 * or three UTF-16 units in a row; a text that is sought has none that the texts do not have. Different grams may
 * share a bit, so what seems to be there may not be; what seems not to be there is not. The seed makes other grams
 * share bits in each set: a text that is taken for being there by one is not by all.
 */

const BITS = 1 << 17
const LONGEST = 3

/**
 * Of all these texts together.
 * @param seed 32 bits
 */
export function gramsOf(texts: readonly string[], seed: number): Uint8Array {
  const grams = new Uint8Array(BITS / 8)
  for (const text of texts) {
    for (let length = 1; length <= LONGEST; length++) {
      for (let at = 0; at + length <= text.length; at++) {
        const bit = hashAt(text, at, length, seed)
        grams[bit >>> 3]! |= 1 << (bit & 7)
      }
    }
  }
  return grams
}

/** Whether one of the texts may contain `sought`, which is folded as they are. */
export function mayContain(grams: Uint8Array, sought: string, seed: number): boolean {
  const length = Math.min(LONGEST, sought.length)
  if (length === 0) return true
  for (let at = 0; at + length <= sought.length; at++) {
    const bit = hashAt(sought, at, length, seed)
    if ((grams[bit >>> 3]! & (1 << (bit & 7))) === 0) return false
  }
  return true
}

/** The finalizer of MurmurHash3 after each unit: every unit moves every bit. */
function hashAt(text: string, at: number, length: number, seed: number): number {
  let hash = seed ^ length
  for (let index = at; index < at + length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  return hash & (BITS - 1)
}

export function areGrams(bytes: Uint8Array): boolean {
  return bytes.length === BITS / 8
}
