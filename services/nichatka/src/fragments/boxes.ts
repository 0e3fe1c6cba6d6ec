import type { ListRequest } from '../request/list-request.ts'
import type { Words } from '../words/words.ts'
import { type Html, html } from './html.ts'

type ListPlace = 'incoming' | 'outgoing' | 'history'
export type Place = ListPlace | 'groups'

const calls: Readonly<Record<Place, readonly [call: string, send: string]>> = {
  incoming: ['GET panel', 'box=incoming'],
  outgoing: ['GET panel', 'box=outgoing'],
  history: ['GET history', 'box=all'],
  groups: ['GET groups', ''],
}
const places = Object.keys(calls) as Place[]

/** The places to go to. @param current undefined where the list is of none of them */
export function boxesFragment(current: Place | undefined, words: Words): Html {
  const buttons = places.map((place) => {
    const [call, send] = calls[place]
    const sent = send !== '' && html` data-send="${send}"`
    const isCurrent = place === current && html` aria-current="page"`
    return html`<button type="button" id="n-box-${place}" data-call="${call}"${sent}${isCurrent}>${words[place]}</button>`
  })
  return html`<nav data-key="boxes" aria-label="${words.boxes}">${buttons}</nav>`
}

export function placeOf({ path, filter }: ListRequest): ListPlace | undefined {
  if (path === 'history') return 'history'
  return filter.box === 'all' ? undefined : filter.box
}
