/** A range of messages as the index of searches knows it: by stretches of ids, of which each message belongs to one of each length. */

/** As the function `stretches` of the tables has them: ids to a stretch, as powers of two. */
const lengths = [9n, 13n, 17n, 21n]
const usualMax = 16n

/** The keys of the few stretches that hold all ids from `lowest` to `highest`, and some beyond them on either side. */
export function stretchesOf(lowest: bigint, highest: bigint): bigint[] {
  const fitting = lengths.findIndex((bits) => (highest >> bits) - (lowest >> bits) < usualMax)
  const index = fitting < 0 ? lengths.length - 1 : fitting
  const bits = lengths[index]!
  const first = lowest >> bits
  const count = Number((highest >> bits) - first) + 1
  return Array.from({ length: count }, (_, n) => ((first + BigInt(n)) << 2n) | BigInt(index))
}
