/** Reproducible chance for tests: VECHE_SEED repeats a run. */
export const seedFromEnvironment = (): number =>
  Number.parseInt(process.env.VECHE_SEED ?? '', 10) || Date.now() % 1_000_000

/** mulberry32: small and repeatable; from 0 up to, and without, 1. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
