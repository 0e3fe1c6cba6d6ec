const DAY_MS = 86_400_000

/** Days since 1970 of a moment in milliseconds: the finest time that is kept of a person. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS)
}
