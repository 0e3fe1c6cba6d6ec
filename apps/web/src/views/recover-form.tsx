/** Taking an account back with the twelve words of its recovery sheet, under a new password. */
import { isWeakPassword, suggestPassphrase } from '@veche/client/password'
import { parseRecoveryCode, type RecoveryCode } from '@veche/client/recovery-code'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useApp, useWords } from './context.ts'
import { Check, Field } from './controls.tsx'
import { toHandle, useEntering } from './enter.ts'
import { FormEnd } from './form-end.tsx'
import { PasswordField } from './password-field.tsx'
import { handleInput, TextField } from './text-field.tsx'

export function RecoverForm(): JSX.Element {
  const { client, tell } = useApp()
  const { entrance } = useWords()
  const [handle, setHandle] = useState('')
  const [text, setText] = useState('')
  const [password, setPassword] = useState('')
  const [keepDevices, setKeepDevices] = useState(false)
  const { isBusy, wrong, failure, enter } = useEntering(['handle', 'words', 'password'])
  const recover = (event: Event) => {
    event.preventDefault()
    const code = readWords(text)
    const found = {
      ...(toHandle(handle) === '' && { handle: entrance.wrong.handleMissing }),
      ...(code === undefined && { words: entrance.wrong.words }),
      ...(isWeakPassword(password) && { password: entrance.wrong.passwordWeak }),
    }
    void enter(found, async () => {
      const { resumed } = await client.recover({
        handle: toHandle(handle),
        code: code!,
        password,
        keepDevices,
      })
      if (resumed) tell(entrance.resumed)
    })
  }
  return (
    <form onSubmit={recover} noValidate>
      <TextField
        {...handleInput}
        label={entrance.fields.handle}
        wrong={wrong.handle}
        value={handle}
        onInput={setHandle}
      />
      <Field label={entrance.fields.words} hint={entrance.hints.words} wrong={wrong.words}>
        {(ids) => (
          <textarea
            {...ids}
            rows={3}
            autocapitalize="none"
            spellcheck={false}
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        )}
      </Field>
      <PasswordField
        isNew
        label={entrance.fields.newPassword}
        hint={entrance.hints.password}
        wrong={wrong.password}
        value={password}
        onInput={setPassword}
        onSuggest={() => setPassword(suggestPassphrase())}
      />
      <Check label={entrance.keepOthers} checked={keepDevices} onChange={setKeepDevices} />
      <FormEnd
        button={entrance.buttons.recover}
        busy={entrance.busy.recover}
        isBusy={isBusy}
        failure={failure}
      />
    </form>
  )
}

function readWords(text: string): RecoveryCode | undefined {
  try {
    return parseRecoveryCode(text)
  } catch {
    return undefined // the reason stands beside the field
  }
}
