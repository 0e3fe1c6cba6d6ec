/**
 * Where in the app somebody is, as the part of the address after #, so that the browser's Back leads back and a reload stays
 * where it was: #groups, #private/CHAT, #private/CHAT/about, #groups/new, #you/devices. Addresses hold ids of chats, no secret.
 */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals'

export const areas = ['groups', 'private', 'search', 'you'] as const
export type Area = (typeof areas)[number]

export interface Place {
  readonly area: Area
  /** A chat's id, `new`, `request-ID`, or a page of You. */
  readonly item?: string
  /** What is opened beside it. */
  readonly beside?: 'about'
}

export interface Router {
  readonly place: ReadonlySignal<Place>
  go(place: Place): void
  /** One level up: out of what is beside, then out of the item. */
  up(): void
}

export function createRouter(window: Window): Router {
  const place: Signal<Place> = signal(parsePlace(window.location.hash))
  window.addEventListener('hashchange', () => {
    place.value = parsePlace(window.location.hash)
  })
  const go = (next: Place) => {
    const hash = formatPlace(next)
    if (hash === window.location.hash) return
    window.history.pushState(null, '', hash)
    place.value = next
  }
  window.addEventListener('popstate', () => {
    place.value = parsePlace(window.location.hash)
  })
  return { place, go, up: () => go(above(place.value)) }
}

export function parsePlace(hash: string): Place {
  const [area, item, beside] = hash.slice(1).split('/')
  const known = areas.find((each) => each === area)
  if (known === undefined) return { area: 'groups' }
  if (item === undefined || !/^[a-z0-9-]{1,80}$/.test(item)) return { area: known }
  return { area: known, item, ...(beside === 'about' && { beside }) }
}

export function formatPlace({ area, item, beside }: Place): string {
  return `#${[area, item, beside].filter((part) => part !== undefined).join('/')}`
}

function above({ area, item, beside }: Place): Place {
  return beside !== undefined && item !== undefined ? { area, item } : { area }
}
