/** A seeded source of choices, for tests that must be repeatable. */
export interface Random {
  /** 0 to n − 1. */
  below(n: number): number
  pick<T>(list: readonly T[]): T
  bytes(length: number): Uint8Array
}

/** mulberry32: 32 bits of state, good enough to wander with. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number) => Math.floor(next() * n)
  return {
    below,
    pick: (list) => list[below(list.length)]!,
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
  }
}

/** VECHE_SEED, or a new one; say it when a test begins. */
export function seedFromEnvironment(): number {
  return Number(process.env.VECHE_SEED ?? Math.floor(Math.random() * 2 ** 32))
}
