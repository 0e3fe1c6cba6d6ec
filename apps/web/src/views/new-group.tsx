/** Making a group. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useApp, useWords } from './context.ts'
import { Busy, Button, Check, Field, IconButton } from './controls.tsx'
import { TextField } from './text-field.tsx'

export function NewGroup(): JSX.Element {
  const app = useApp()
  const words = useWords()
  const { make } = words.group
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [announce, setAnnounce] = useState(false)
  const [isOpen, setOpen] = useState(false)
  const [wrong, setWrong] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const create = async (event: Event) => {
    event.preventDefault()
    const title = name.trim()
    setWrong(title === '' ? make.nameMissing : undefined)
    if (title === '') return
    setBusy(true)
    await app.attempt(async () => {
      const { chat } = await app.client.groups.create({
        name: title,
        description: description.trim(),
        announce,
        open: isOpen,
      })
      await app.chats.refresh()
      app.go({ area: 'groups', item: chat, beside: 'about' })
    })
    setBusy(false)
  }
  return (
    <div class="pane">
      <header class="pane-head">
        <IconButton icon="back" label={words.back} class="icon-button back" onClick={app.up} />
        <h2>{make.title}</h2>
      </header>
      <div class="pane-body">
        <form class="card" onSubmit={create} noValidate>
          <TextField
            label={make.name}
            maxLength={64}
            autocomplete="off"
            wrong={wrong}
            value={name}
            onInput={setName}
          />
          <Field label={make.description}>
            {(ids) => (
              <textarea
                {...ids}
                rows={2}
                maxLength={500}
                value={description}
                onInput={({ currentTarget }) => setDescription(currentTarget.value)}
              />
            )}
          </Field>
          <Check label={make.announce} checked={announce} onChange={setAnnounce} />
          <Check label={make.open} checked={isOpen} onChange={setOpen} />
          {isOpen && <p class="hint">{make.openTold}</p>}
          {isBusy && <Busy>{make.busy}</Busy>}
          <Button kind="main" type="submit" disabled={isBusy}>
            {make.button}
          </Button>
        </form>
      </div>
    </div>
  )
}
