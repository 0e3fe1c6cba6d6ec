/** The chats of one place, and above them the requests that wait for an answer. */
import type { ChatSummary, Request } from '@veche/client'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { isOfGroups } from '../state/chats.ts'
import { formatPlace } from '../state/place.ts'
import { ChatRow } from './chat-row.tsx'
import { ConnectionLine } from './connection-line.tsx'
import { useApp, useWords } from './context.ts'
import { Busy, Button, Empty } from './controls.tsx'
import { nameOf } from './person-name.tsx'

export function ChatList({ area }: { readonly area: 'groups' | 'private' }): JSX.Element {
  const { chats, go, place } = useApp()
  const words = useWords()
  const listed: readonly ChatSummary[] = area === 'groups' ? chats.groups.value : chats.privates.value
  const isHere = (request: Request) => isOfGroups(request) === (area === 'groups')
  const incoming = chats.incoming.value.filter(isHere)
  const outgoing = chats.outgoing.value.filter(isHere)
  const newWord = area === 'groups' ? words.chats.newGroup : words.chats.newChat
  return (
    <section class="side" aria-label={words.chats.listLabel[area]}>
      <header class="side-head">
        <h1>{words.places[area]}</h1>
        <Button icon="plus" kind="quiet" onClick={() => go({ area, item: 'new' })}>
          {newWord}
        </Button>
      </header>
      <ConnectionLine />
      <div class="side-body">
        {incoming.length > 0 && <Incoming area={area} requests={incoming} />}
        {chats.all.value === undefined ? (
          <Busy>{words.openingLong}</Busy>
        ) : (
          <ul class="chat-rows">
            {listed.map((chat) => (
              <li key={chat.chat}>
                <ChatRow chat={chat} area={area} isHere={place.value.item === chat.chat} />
              </li>
            ))}
          </ul>
        )}
        {outgoing.length > 0 && <Outgoing requests={outgoing} />}
        {chats.all.value !== undefined && listed.length + incoming.length + outgoing.length === 0 && (
          <Empty>
            <p>{area === 'groups' ? words.chats.noGroups : words.chats.noPrivate}</p>
            <Button kind="main" icon="plus" onClick={() => go({ area, item: 'new' })}>
              {newWord}
            </Button>
          </Empty>
        )}
      </div>
    </section>
  )
}

function Incoming({
  area,
  requests,
}: {
  readonly area: 'groups' | 'private'
  readonly requests: readonly Request[]
}): JSX.Element {
  const { go, place } = useApp()
  const words = useWords()
  return (
    <section class="requests" aria-label={words.chats.requests}>
      <h2>{words.chats.requests}</h2>
      <ul class="chat-rows">
        {requests.map((request) => {
          const item = `request-${request.id}`
          const open = (event: Event) => {
            event.preventDefault()
            go({ area, item })
          }
          return (
            <li key={request.id}>
              <a
                class="chat-row"
                href={formatPlace({ area, item })}
                aria-current={place.value.item === item ? 'true' : undefined}
                onClick={open}
              >
                <span class="row-body">
                  <span class="row-name">{nameOf({ name: request.name ?? '', handle: request.handle })}</span>
                  <span class="row-last">{wishOf(request, words.chats.request)}</span>
                </span>
                <span class="row-marks">
                  <span class="mark" aria-hidden="true">
                    1
                  </span>
                </span>
              </a>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

export function wishOf(
  { join, group }: Request,
  words: { readonly join: string; readonly add: string; readonly write: string },
): string {
  if (join) return words.join
  return group ? words.add : words.write
}

function Outgoing({ requests }: { readonly requests: readonly Request[] }): JSX.Element {
  const { chats } = useWords()
  return (
    <section class="requests" aria-label={chats.asked}>
      <h2>{chats.asked}</h2>
      <ul class="asked">
        {requests.map((request) => (
          <li key={request.id}>
            <span>{askedText(request, chats)}</span>
            <span class="quiet">{chats.askedStates[request.status]}</span>
            {request.join && request.status === 'pending' && <TakeBack id={request.id} />}
          </li>
        ))}
      </ul>
    </section>
  )
}

function askedText(
  { join, handle, group }: Request,
  words: { readonly askedJoin: string; readonly askedGroup: string },
): string {
  if (join) return words.askedJoin
  return group ? `@${handle} · ${words.askedGroup}` : `@${handle}`
}

/** Of what one has asked by a link, as long as nobody has answered. */
function TakeBack({ id }: { readonly id: string }): JSX.Element {
  const { client, chats, ask, attempt, tell } = useApp()
  const { takeBack } = useWords().chats
  const [isBusy, setBusy] = useState(false)
  const take = async () => {
    if (!(await ask({ text: takeBack.ask, action: takeBack.action }))) return
    setBusy(true)
    const isDone = await attempt(async () => tell(takeBack[await client.requests.withdraw(id)]))
    await attempt(() => chats.refreshRequests())
    if (!isDone) setBusy(false)
  }
  return (
    <Button kind="quiet" disabled={isBusy} onClick={take}>
      {takeBack.action}
    </Button>
  )
}
