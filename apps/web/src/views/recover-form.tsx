/** Taking an account back with the twelve words of its recovery sheet, under a new password. */
import { isWeakPassword } from '@veche/client/password'
import { parseRecoveryCode, type RecoveryCode } from '@veche/client/recovery-code'
import { parseRecoverySheetCode, type RecoverySheet } from '@veche/client/recovery-sheet'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useApp, useWords } from './context.ts'
import { Check, Field } from './controls.tsx'
import { toHandle, useEntering } from './enter.ts'
import { FormEnd } from './form-end.tsx'
import { PasswordField } from './password-field.tsx'
import { ScanButton } from './scan-button.tsx'
import { handleInput, TextField } from './text-field.tsx'

export function RecoverForm(): JSX.Element {
  const { client, tell, telling } = useApp()
  const { entrance, camera } = useWords()
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
  const takeSheet = (code: string) => {
    const sheet = readSheet(code)
    if (sheet === undefined) return telling.fail(camera.sheet.none)
    const { host } = new URL(sheet.server)
    if (host !== location.host) return telling.fail(camera.sheet.otherServer(host))
    setHandle(sheet.handle)
    setText(sheet.words)
  }
  return (
    <form onSubmit={recover} noValidate>
      <ScanButton
        label={camera.sheet.scan}
        told={camera.sheet.told}
        instead={camera.sheet.instead}
        onRead={takeSheet}
      />
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

function readSheet(code: string): RecoverySheet | undefined {
  try {
    return parseRecoverySheetCode(code)
  } catch {
    return undefined // the reason is told by who asks
  }
}
