/** The four places, with what is unread in each: a rail on the side, a bar at the bottom of a phone. */
import type { JSX } from 'preact'
import type { Unread } from '../state/chats.ts'
import { type Area, areas, formatPlace } from '../state/place.ts'
import { useApp, useWords } from './context.ts'
import { Icon } from './icon.tsx'

export function Places(): JSX.Element {
  const { place, chats, session } = useApp()
  const words = useWords()
  const { groups, private: own } = chats.unread.value
  const marks: Readonly<Partial<Record<Area, Unread>>> = { groups, private: own }
  return (
    <nav class="places" aria-label={words.placesLabel}>
      {areas.map((area) => (
        <PlaceLink key={area} area={area} isHere={place.value.area === area}>
          {marks[area] && <UnreadMark unread={marks[area]} />}
          {area === 'you' && session.isSheetDue.value && (
            <span class="mark mark-due">
              <span aria-hidden="true">1</span>
              <span class="only-read">{words.sheetWaits}</span>
            </span>
          )}
        </PlaceLink>
      ))}
    </nav>
  )
}

function PlaceLink({
  area,
  isHere,
  children,
}: {
  readonly area: Area
  readonly isHere: boolean
  readonly children: unknown
}): JSX.Element {
  const { go } = useApp()
  const words = useWords()
  return (
    <a
      class="place"
      href={formatPlace({ area })}
      aria-current={isHere ? 'page' : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        go({ area })
      }}
    >
      <span class="place-icon">
        <Icon name={area} />
        {children as JSX.Element}
      </span>
      <span class="place-name">{words.places[area]}</span>
    </a>
  )
}

function UnreadMark({
  unread: { messages, requests, isNamed },
}: {
  readonly unread: Unread
}): JSX.Element | null {
  const words = useWords()
  const count = messages + requests
  if (count === 0) return null
  const told = [messages > 0 && words.unread(messages), requests > 0 && words.requestsWait(requests)]
  return (
    <span class={isNamed ? 'mark mark-named' : 'mark'}>
      <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
      <span class="only-read">{told.filter((text) => text !== false).join(', ')}</span>
    </span>
  )
}
