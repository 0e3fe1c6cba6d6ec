/** A new password in the place of the old one. */
import { isWeakPassword } from '@veche/client/password'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useApp, useWords } from './context.ts'
import { Busy, Button } from './controls.tsx'
import { PasswordField } from './password-field.tsx'

export function ChangePassword(): JSX.Element {
  const { client, attempt, tell } = useApp()
  const { you, entrance } = useWords()
  const [oldPassword, setOld] = useState('')
  const [newPassword, setNew] = useState('')
  const [wrong, setWrong] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const change = async (event: Event) => {
    event.preventDefault()
    const isWeak = isWeakPassword(newPassword)
    setWrong(isWeak ? entrance.wrong.passwordWeak : undefined)
    if (isWeak) return
    setBusy(true)
    if (await attempt(() => client.security.changePassword({ oldPassword, newPassword }))) {
      tell(you.password.changed)
      setOld('')
      setNew('')
    }
    setBusy(false)
  }
  return (
    <form class="card" onSubmit={change} noValidate>
      <PasswordField label={you.password.old} value={oldPassword} onInput={setOld} />
      <PasswordField
        isNew
        label={you.password.new}
        hint={entrance.hints.password}
        wrong={wrong}
        value={newPassword}
        onInput={setNew}
      />
      {isBusy && <Busy>{you.password.busy}</Busy>}
      <Button kind="main" type="submit" disabled={isBusy || oldPassword === '' || newPassword === ''}>
        {you.password.change}
      </Button>
    </form>
  )
}
