/** One field for all that can be found: open people, open groups, and one's own messages on this device. */
import type { FoundGroup, Person, ShownMessage } from '@veche/client'
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { reasonOf } from '../state/failure.ts'
import { excerpt, nameText } from '../state/shown-text.ts'
import { shortTime } from '../words/language.ts'
import { askForChat } from './ask-for-chat.ts'
import { titleOf } from './chat-row.tsx'
import { useApp, useLanguage, useWords } from './context.ts'
import { Busy, Button, Empty } from './controls.tsx'
import { joinByLink } from './enter-by-invite.ts'
import { Icon } from './icon.tsx'
import { Avatar, nameOf } from './person-name.tsx'

interface Found {
  readonly people: readonly Person[]
  readonly groups: readonly FoundGroup[]
  readonly messages: readonly ShownMessage[]
}

const PAUSE_MS = 300
const MOST_MESSAGES = 50

export function SearchPlace(): JSX.Element {
  const words = useWords()
  const { search } = words.chats
  const [text, setText] = useState('')
  const { found, isBusy } = useFound(text.trim())
  const isNothing =
    found !== undefined && found.people.length + found.groups.length + found.messages.length === 0
  return (
    <section class="side side-search" aria-label={search.title}>
      <header class="side-head">
        <h1>{search.title}</h1>
      </header>
      <div class="search-field">
        <Icon name="search" />
        <input
          type="search"
          aria-label={search.field}
          placeholder={search.field}
          value={text}
          autocomplete="off"
          autocapitalize="none"
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </div>
      <div class="side-body" aria-live="polite">
        {text.trim().length < 2 && (
          <Empty>
            <p>{text.trim() === '' ? search.empty : search.tooShort}</p>
          </Empty>
        )}
        {isBusy && <Busy>{words.moment}</Busy>}
        {isNothing && !isBusy && <Empty>{words.nothingFound}</Empty>}
        {found !== undefined && <FoundPeople people={found.people} />}
        {found !== undefined && <FoundGroups groups={found.groups} />}
        {found !== undefined && <FoundMessages messages={found.messages} />}
      </div>
    </section>
  )
}

/** What is here is found at once, and without a connection, too. */
function useFound(text: string): { readonly found: Found | undefined; readonly isBusy: boolean } {
  const { client, fail } = useApp()
  const [found, setFound] = useState<Found>()
  const [isBusy, setBusy] = useState(false)
  const asked = useRef(text)
  asked.current = text
  useEffect(() => {
    if (text.length < 2) {
      setFound(undefined)
      setBusy(false)
      return
    }
    const look = async () => {
      setBusy(true)
      const isWanted = () => asked.current === text
      const unreachable = (error: unknown) => {
        if (reasonOf(error) !== 'unreachable' && isWanted()) fail(error)
        return []
      }
      const query = text.replace(/^@/, '')
      const [messages, people, groups] = await Promise.all([
        client.search(text, { limit: MOST_MESSAGES }).catch(unreachable),
        query.length < 2 ? [] : client.people.find(query).catch(unreachable),
        query.length < 2 ? [] : client.groups.find(query).catch(unreachable),
      ])
      if (!isWanted()) return
      setFound({ messages, people, groups })
      setBusy(false)
    }
    const waiting = setTimeout(look, PAUSE_MS)
    return () => clearTimeout(waiting)
  }, [text])
  return { found, isBusy }
}

function FoundPeople({ people }: { readonly people: readonly Person[] }): JSX.Element | null {
  const app = useApp()
  const { search } = useWords().chats
  if (people.length === 0) return null
  return (
    <section class="found" aria-label={search.people}>
      <h2>{search.people}</h2>
      <ul>
        {people.map((person) => (
          <li key={person.account} class="found-row">
            <Avatar id={person.account} name={nameOf(person)} />
            <span class="row-body">
              <bdi class="row-name">{nameOf(person)}</bdi>
              <span class="row-last">@{person.handle}</span>
            </span>
            <Button onClick={() => askForChat(app, person.handle)}>{search.write}</Button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function FoundGroups({ groups }: { readonly groups: readonly FoundGroup[] }): JSX.Element | null {
  const app = useApp()
  const words = useWords()
  const { search } = words.chats
  const [joining, setJoining] = useState<string>()
  if (groups.length === 0) return null
  const join = async ({ chat, link }: FoundGroup) => {
    setJoining(chat)
    await joinByLink(app, link)
    setJoining(undefined)
  }
  return (
    <section class="found" aria-label={search.groups}>
      <h2>{search.groups}</h2>
      <ul>
        {groups.map((group) => (
          <li key={group.chat} class="found-row">
            <Avatar id={group.chat} name={group.name} isGroup />
            <span class="row-body">
              <bdi class="row-name">{nameText(group.name)}</bdi>
              <span class="row-last">
                {[words.chats.people(group.people), excerpt(group.description, 80)]
                  .filter((part) => part !== '')
                  .join(' · ')}
              </span>
            </span>
            <Button disabled={joining !== undefined} onClick={() => join(group)}>
              {joining === group.chat ? search.joining : search.join}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function FoundMessages({ messages }: { readonly messages: readonly ShownMessage[] }): JSX.Element | null {
  const { chats } = useApp()
  const words = useWords()
  const language = useLanguage()
  const jump = useJump()
  if (messages.length === 0) return null
  return (
    <section class="found" aria-label={words.chats.search.messages}>
      <h2>{words.chats.search.messages}</h2>
      <ul>
        {messages.map((message) => {
          const chat = chats.find(message.chat)
          return (
            <li key={message.id}>
              <button type="button" class="chat-row" onClick={() => jump(message)}>
                <span class="row-body">
                  <span class="row-top">
                    <bdi class="row-name">{chat && titleOf(chat, words)}</bdi>
                    <span class="row-time">{shortTime(language, message.at, Date.now())}</span>
                  </span>
                  <span class="row-last">
                    <bdi class="row-who">{nameOf(message.from)}: </bdi>
                    <bdi>{excerpt(message.text)}</bdi>
                  </span>
                </span>
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** Opens the chat at a message. */
function useJump() {
  const { chats, goToChat, open, fail } = useApp()
  return (message: ShownMessage) => {
    const chat = chats.find(message.chat)
    if (chat === undefined) return
    goToChat(chat.chat, chat.type)
    open.peek()?.jump(message.id).catch(fail)
  }
}
