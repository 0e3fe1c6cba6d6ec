/** What the keys do where the server is searched by what is written: they move among what is shown, or write. */
import { choose } from './choices.ts'
import type { AddPeople } from './group-state.ts'
import type { Key } from './keys.ts'
import { type Effect, type NewChat, type Step, step, type Talk } from './talk-state.ts'
import { isEnoughToFind, writtenIn } from './text-field.ts'

export interface Finder<Place> {
  /** What can be chosen now. */
  readonly rows: number
  /** The place with nothing found in it. */
  readonly cleared: Place
  readonly search: (text: string) => Effect
}

export function onFinderKey<Place extends NewChat | AddPeople>(
  talk: Talk,
  place: Place,
  key: Key,
  { rows, cleared, search }: Finder<Place>,
): Step {
  // Home and End belong to the text.
  if (key.kind === 'key' && key.name !== 'home' && key.name !== 'end') {
    const made = choose(place.choice, key, rows)
    if (made !== undefined) return step({ ...talk, place: { ...place, choice: made.choice } })
  }
  const field = writtenIn(place.field, key)
  if (field === undefined) return step(talk)
  if (field.text === place.field.text) return step({ ...talk, place: { ...place, field } })
  const next = { ...talk, place: { ...cleared, field, choice: 0, told: undefined } }
  return isEnoughToFind(field.text) ? step(next, search(field.text)) : step(next)
}
