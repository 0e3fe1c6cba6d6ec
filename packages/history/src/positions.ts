/** Positions in a chat's log, as numbers without end. */

export function comparePositions(a: bigint, b: bigint): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** The least and the greatest; both 0 when there are none. */
export function bounds(positions: readonly bigint[]): { first: bigint; last: bigint } {
  const ascending = positions.toSorted(comparePositions)
  return { first: ascending[0] ?? 0n, last: ascending.at(-1) ?? 0n }
}
