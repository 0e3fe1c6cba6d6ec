/** A new account: handle, name, password, and a code where no link brought one. */
import { isWeakPassword } from '@veche/client/password'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Words } from '../words/words.ts'
import { useApp, useWords } from './context.ts'
import { isHandle, toHandle, useEntering, type WrongFields } from './enter.ts'
import { FormEnd } from './form-end.tsx'
import { PasswordField } from './password-field.tsx'
import { handleInput, TextField } from './text-field.tsx'

const NAMES = ['handle', 'name', 'password', 'code'] as const
type Fields = Readonly<Record<(typeof NAMES)[number], string>>

export function RegisterForm({ begun }: { readonly begun: string | undefined }): JSX.Element {
  const { client, invite } = useApp()
  const { entrance } = useWords()
  const opened = invite.value
  const [fields, setFields] = useState<Fields>({
    handle: begun ?? '',
    name: '',
    password: '',
    code: opened?.code ?? '',
  })
  const { isBusy, wrong, failure, enter } = useEntering(NAMES)
  const set = (name: keyof Fields) => (value: string) => setFields((before) => ({ ...before, [name]: value }))
  const register = (event: Event) => {
    event.preventDefault()
    const handle = toHandle(fields.handle)
    const code = codeOf(fields.code)
    void enter(wrongIn(fields, entrance.wrong), () =>
      client.register({ handle, name: fields.name.trim(), password: fields.password, ...(code && { code }) }),
    )
  }
  return (
    <form onSubmit={register} noValidate>
      {begun && <p class="hint">{entrance.registering(begun)}</p>}
      <TextField
        {...handleInput}
        label={entrance.fields.handle}
        hint={entrance.hints.handle}
        wrong={wrong.handle}
        value={fields.handle}
        onInput={set('handle')}
      />
      <TextField
        autocomplete="name"
        maxLength={64}
        label={entrance.fields.name}
        hint={entrance.hints.nameShort}
        wrong={wrong.name}
        value={fields.name}
        onInput={set('name')}
      />
      <PasswordField
        isNew
        label={entrance.fields.password}
        hint={entrance.hints.password}
        wrong={wrong.password}
        value={fields.password}
        onInput={set('password')}
      />
      {(opened?.code === undefined || wrong.code !== undefined) && (
        <TextField
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          label={entrance.fields.code}
          hint={entrance.hints.code}
          wrong={wrong.code}
          value={fields.code}
          onInput={set('code')}
        />
      )}
      <FormEnd
        button={opened?.link === undefined ? entrance.buttons.register : entrance.buttons.join}
        busy={entrance.busy.register}
        isBusy={isBusy}
        failure={failure}
      />
    </form>
  )
}

/** The code, also where the whole link was pasted. */
function codeOf(typed: string): string {
  const text = typed.replace(/\s+/g, '')
  return new URLSearchParams(URL.parse(text)?.hash.slice(1) ?? '').get('code') ?? text
}

function wrongIn(fields: Fields, wrong: Words['entrance']['wrong']): WrongFields<keyof Fields> {
  const handle = toHandle(fields.handle)
  const code = codeOf(fields.code)
  return {
    ...(handle === '' ? { handle: wrong.handleMissing } : !isHandle(handle) && { handle: wrong.handleForm }),
    ...(fields.name.trim() === '' && { name: wrong.nameMissing }),
    ...(fields.password === ''
      ? { password: wrong.passwordMissing }
      : isWeakPassword(fields.password) && { password: wrong.passwordWeak }),
    ...(code !== '' && !/^vr-/i.test(code) && { code: wrong.codeForm }),
  }
}
