/** Messages of an exported file into the history of this device. */
import type { ImportedChat, ImportOutcome } from '@veche/client'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { nameText } from '../state/shown-text.ts'
import { titleOf } from './chat-row.tsx'
import { useApp, useWords } from './context.ts'
import { Button, Field } from './controls.tsx'
import { useFileWork } from './file-work.ts'
import { FileWorkLine } from './file-work-line.tsx'
import { PasswordField } from './password-field.tsx'
import { nameOf } from './person-name.tsx'

export function HistoryImport(): JSX.Element {
  const { client, chats } = useApp()
  const { entrance, history: words } = useWords()
  const [file, setFile] = useState<File>()
  const [passphrase, setPassphrase] = useState('')
  const [isAsked, setAsked] = useState(false)
  const { work, run, end } = useFileWork<ImportOutcome>()
  const refused = work.kind === 'done' && work.outcome.kind === 'refused' ? work.outcome.reason : undefined
  const isPassphraseWrong = refused === 'wrong-passphrase'
  const begin = (event: Event) => {
    event.preventDefault()
    setAsked(true)
    if (file === undefined || passphrase === '') return
    void run(async (given) => {
      const outcome = await client.historyFiles.import({ source: file, passphrase, ...given })
      await chats.refresh()
      return outcome
    })
  }
  const missing = isAsked && passphrase === '' ? entrance.wrong.passwordMissing : undefined
  return (
    <form class="card" onSubmit={begin} noValidate aria-label={words.import}>
      <h3>{words.import}</h3>
      <p>{words.importTold}</p>
      <Field label={words.file} wrong={isAsked && file === undefined ? words.fileMissing : undefined}>
        {(ids) => (
          <input {...ids} type="file" onChange={({ currentTarget }) => setFile(currentTarget.files?.[0])} />
        )}
      </Field>
      <PasswordField
        isElsewhere
        label={words.filePassphrase}
        wrong={isPassphraseWrong ? words.refused['wrong-passphrase'] : missing}
        value={passphrase}
        onInput={setPassphrase}
      />
      {work.kind === 'working' ? (
        <FileWorkLine {...work} soFar={words.read} onEnd={end} />
      ) : (
        <Button kind="main" type="submit">
          {words.importButton}
        </Button>
      )}
      {refused !== undefined && (
        <p class={isPassphraseWrong ? 'only-read' : 'wrong'} role="alert">
          {words.refused[refused]}
        </p>
      )}
      {work.kind === 'done' && work.outcome.kind === 'imported' && <Imported outcome={work.outcome} />}
    </form>
  )
}

function Imported({
  outcome: { messages, chats },
}: {
  readonly outcome: ImportOutcome & { kind: 'imported' }
}): JSX.Element {
  const { history: words } = useWords()
  const lines = chats.filter(({ kind, added }) => kind !== 'merged' || added > 0)
  return (
    <div class="stack" role="status">
      <p>{messages > 0 ? words.imported(messages) : words.importedNothing}</p>
      <ul class="imported">
        {lines.map((chat) => (
          <li key={chat.chat}>
            <ChatLine chat={chat} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function ChatLine({ chat }: { readonly chat: ImportedChat }): JSX.Element {
  const { chats } = useApp()
  const words = useWords()
  const known = chats.find(chat.chat)
  const inFile = chat.handle === '' ? nameText(chat.name) || words.chats.nameless : nameOf(chat)
  const title = known === undefined ? inFile : titleOf(known, words)
  switch (chat.kind) {
    case 'merged':
      return <>{words.history.importedTo(title, chat.added)}</>
    case 'absent':
      return <>{words.history.absent(title)}</>
    case 'not-kept':
      return <>{words.history.notKept(title)}</>
    default:
      return chat.kind satisfies never
  }
}
