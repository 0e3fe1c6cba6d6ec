/** Asking somebody for a private chat, by their handle or by a part of an open account's name. */
import type { Person } from '@veche/client'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { askForChat } from './ask-for-chat.ts'
import { useApp, useWords } from './context.ts'
import { Button, IconButton } from './controls.tsx'
import { isHandle, toHandle } from './enter.ts'
import { Avatar, nameOf } from './person-name.tsx'
import { handleInput, TextField } from './text-field.tsx'

const PAUSE_MS = 300

export function NewChat(): JSX.Element {
  const app = useApp()
  const words = useWords()
  const { start, search } = words.chats
  const [text, setText] = useState('')
  const [isBusy, setBusy] = useState(false)
  const people = usePeople(text)
  const handle = toHandle(text)
  const ask = async (who: string) => {
    setBusy(true)
    await askForChat(app, who)
    setBusy(false)
  }
  return (
    <div class="pane">
      <header class="pane-head">
        <IconButton icon="back" label={words.back} class="icon-button back" onClick={app.up} />
        <h2>{start.title}</h2>
      </header>
      <div class="pane-body">
        <form
          class="card"
          onSubmit={(event) => {
            event.preventDefault()
            if (isHandle(handle)) void ask(handle)
          }}
        >
          <TextField
            {...handleInput}
            autocomplete="off"
            label={start.field}
            hint={start.hint}
            value={text}
            onInput={setText}
          />
          <Button kind="main" type="submit" disabled={!isHandle(handle) || isBusy}>
            {start.ask(isHandle(handle) ? `@${handle}` : '…')}
          </Button>
          <p class="hint">{start.askTold}</p>
        </form>
        {people.length > 0 && (
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
                  <Button disabled={isBusy} onClick={() => ask(person.handle)}>
                    {search.write}
                  </Button>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </div>
  )
}

/** Those who wish to be found; nobody where the search does not answer: a handle can be asked all the same. */
function usePeople(text: string): readonly Person[] {
  const { client } = useApp()
  const [people, setPeople] = useState<readonly Person[]>([])
  useEffect(() => {
    const query = text.trim().replace(/^@/, '')
    let isWanted = true
    const look = () =>
      client.people.find(query).then(
        (found) => isWanted && setPeople(found),
        () => isWanted && setPeople([]),
      )
    const waiting = query.length < 2 ? undefined : setTimeout(look, PAUSE_MS)
    if (waiting === undefined) setPeople([])
    return () => {
      isWanted = false
      clearTimeout(waiting)
    }
  }, [text])
  return people
}
