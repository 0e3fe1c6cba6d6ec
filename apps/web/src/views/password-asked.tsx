/** The password, before something that only the owner of the account may do. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useWords } from './context.ts'
import { Busy, Button } from './controls.tsx'
import { PasswordField } from './password-field.tsx'

interface PasswordAskedProps {
  readonly told: string
  readonly button: string
  readonly isDangerous?: boolean
  readonly onGiven: (password: string) => Promise<void>
  readonly onCancel?: () => void
}

export function PasswordAsked({
  told,
  button,
  isDangerous = false,
  onGiven,
  onCancel,
}: PasswordAskedProps): JSX.Element {
  const words = useWords()
  const [password, setPassword] = useState('')
  const [isBusy, setBusy] = useState(false)
  const give = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    await onGiven(password)
    setBusy(false)
  }
  return (
    <form class="card" onSubmit={give}>
      <p>{told}</p>
      <PasswordField label={words.entrance.fields.password} value={password} onInput={setPassword} />
      {isBusy && <Busy>{words.moment}</Busy>}
      <div class="actions">
        {onCancel && <Button onClick={onCancel}>{words.cancel}</Button>}
        <Button kind={isDangerous ? 'danger' : 'main'} type="submit" disabled={password === '' || isBusy}>
          {button}
        </Button>
      </div>
    </form>
  )
}
