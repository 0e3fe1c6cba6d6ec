/**
 * The messages of several segments by ascending position, in little memory: a segment is asked where its messages are,
 * and a block is opened, only when nothing that comes before it is left.
 */
import type { HistoryEntry } from './history-entry.ts'
import { comparePositions } from './positions.ts'
import type { Segment } from './segment.ts'
import type { BatchPlace } from './segment-directory.ts'

interface Placed {
  readonly segment: Segment
  readonly place: BatchPlace
}

export async function* readAscending(segments: readonly Segment[]): AsyncGenerator<HistoryEntry> {
  // Each with the least position last.
  const closed = descending(
    segments.filter(({ facts }) => facts.entries > 0),
    ({ facts }) => facts.first,
  )
  let places: Placed[] = []
  let waiting: HistoryEntry[] = []
  for (;;) {
    const least = { place: places.at(-1)?.place.first, entry: waiting.at(-1)?.position }
    if (isNext(closed.at(-1)?.facts.first, least.place, least.entry)) {
      const segment = closed.pop()!
      const found = (await segment.places()).map((place) => ({ segment, place }))
      places = descending([...places, ...found], ({ place }) => place.first)
    } else if (isNext(least.place, least.entry)) {
      const { segment, place } = places.pop()!
      waiting = descending([...waiting, ...(await segment.read(place))], ({ position }) => position)
      if (!places.some((other) => other.segment === segment)) segment.forget()
    } else if (waiting.length > 0) yield waiting.pop()!
    else return
  }
}

/** Whether there is one, and none of the others is less. */
function isNext(position: bigint | undefined, ...others: readonly (bigint | undefined)[]): boolean {
  return position !== undefined && others.every((other) => other === undefined || position <= other)
}

function descending<T>(list: readonly T[], positionOf: (each: T) => bigint): T[] {
  return list.toSorted((a, b) => comparePositions(positionOf(b), positionOf(a)))
}
