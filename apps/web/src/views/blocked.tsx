/** Whom the account blocks. */
import type { BlockedPerson } from '@veche/client'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useApp, useWords } from './context.ts'
import { Busy, Button } from './controls.tsx'
import { nameOf } from './person-name.tsx'

export function Blocked(): JSX.Element {
  const { client, attempt, fail } = useApp()
  const words = useWords()
  const [people, setPeople] = useState<readonly BlockedPerson[]>()
  const read = () => client.people.blocked().then(setPeople, fail)
  useEffect(() => void read(), [])
  if (people === undefined) return <Busy>{words.moment}</Busy>
  if (people.length === 0) return <p class="quiet">{words.you.blocked.none}</p>
  return (
    <ul class="members">
      {people.map(({ handle, name = '' }) => (
        <li key={handle} class="member">
          <span class="row-body">
            <bdi class="row-name">{nameOf({ name, handle })}</bdi>
            <span class="row-last">@{handle}</span>
          </span>
          <Button
            aria-label={words.you.blocked.unblockWho(`@${handle}`)}
            onClick={() => attempt(() => client.people.unblock(handle)).then(read)}
          >
            {words.you.blocked.unblock}
          </Button>
        </li>
      ))}
    </ul>
  )
}
