/** The history of this device as one encrypted file. */
import { isWeakPassword } from '@veche/client/password'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { RemoteClient } from '../core/remote-client.ts'
import { useApp, useWords } from './context.ts'
import { Button } from './controls.tsx'
import { useFileWork } from './file-work.ts'
import { FileWorkLine } from './file-work-line.tsx'
import { PasswordField } from './password-field.tsx'

type Exported = Awaited<ReturnType<RemoteClient['historyFiles']['export']>>

export function HistoryExport(): JSX.Element {
  const { client } = useApp()
  const { entrance, history: words } = useWords()
  const [passphrase, setPassphrase] = useState('')
  const [wrong, setWrong] = useState<string>()
  const { work, run, end } = useFileWork<Exported>()
  const begin = (event: Event) => {
    event.preventDefault()
    const isWeak = isWeakPassword(passphrase)
    setWrong(isWeak ? entrance.wrong.passwordWeak : undefined)
    if (!isWeak) void run((given) => client.historyFiles.export({ passphrase, ...given }))
  }
  return (
    <form class="card" onSubmit={begin} noValidate aria-label={words.export}>
      <h3>{words.export}</h3>
      <p>{words.exportTold}</p>
      <PasswordField
        isNew
        isElsewhere
        label={words.passphrase}
        hint={entrance.hints.password}
        wrong={wrong}
        value={passphrase}
        onInput={setPassphrase}
      />
      {work.kind === 'working' ? (
        <FileWorkLine {...work} soFar={words.written} onEnd={end} />
      ) : (
        <Button kind={work.kind === 'done' ? 'plain' : 'main'} type="submit">
          {words.exportButton}
        </Button>
      )}
      {work.kind === 'done' && <Made exported={work.outcome} />}
    </form>
  )
}

/** Long after a press no browser saves a file unasked: it is for the user to take. */
function Made({ exported }: { readonly exported: Exported }): JSX.Element {
  const { session } = useApp()
  const { history: words } = useWords()
  const [address, setAddress] = useState<string>()
  useEffect(() => {
    const made = URL.createObjectURL(exported.file)
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [exported])
  const now = session.session.value
  const day = new Date().toISOString().slice(0, 10)
  const name = `veche-${now.kind === 'ready' ? now.account.handle : 'history'}-${day}.veche-history`
  return (
    <div class="stack" role="status">
      <p>{words.exported(exported.messages, exported.chats)}</p>
      {exported.damaged && <p class="wrong">{words.damaged}</p>}
      {address !== undefined && (
        <a class="button button-main" href={address} download={name}>
          {words.save}
        </a>
      )}
    </div>
  )
}
