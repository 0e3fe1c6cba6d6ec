/** Signing in by handle and password. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useApp, useWords } from './context.ts'
import { toHandle, useEntering } from './enter.ts'
import { FormEnd } from './form-end.tsx'
import { PasswordField } from './password-field.tsx'
import { handleInput, TextField } from './text-field.tsx'

export function LoginForm(): JSX.Element {
  const { client } = useApp()
  const { entrance } = useWords()
  const [handle, setHandle] = useState('')
  const [password, setPassword] = useState('')
  const { isBusy, wrong, failure, enter } = useEntering(['handle', 'password'])
  const login = (event: Event) => {
    event.preventDefault()
    const missing = {
      ...(toHandle(handle) === '' && { handle: entrance.wrong.handleMissing }),
      ...(password === '' && { password: entrance.wrong.passwordMissing }),
    }
    void enter(missing, () => client.login({ handle: toHandle(handle), password }))
  }
  return (
    <form onSubmit={login} noValidate>
      <TextField
        {...handleInput}
        label={entrance.fields.handle}
        wrong={wrong.handle}
        value={handle}
        onInput={setHandle}
      />
      <PasswordField
        label={entrance.fields.password}
        wrong={wrong.password}
        value={password}
        onInput={setPassword}
      />
      <FormEnd button={entrance.buttons.login} busy={entrance.busy.login} isBusy={isBusy} failure={failure} />
    </form>
  )
}
