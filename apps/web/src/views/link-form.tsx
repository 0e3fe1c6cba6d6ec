/** Signing in by the code that another device of the account shows; both then show the same six digits. */
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp, useWords } from './context.ts'
import { Button } from './controls.tsx'
import { useEntering } from './enter.ts'
import { FormEnd } from './form-end.tsx'
import { ScanButton } from './scan-button.tsx'
import { Say } from './spoken.tsx'
import { TextField } from './text-field.tsx'

export function LinkForm(): JSX.Element {
  const { client } = useApp()
  const words = useWords()
  const { entrance } = words
  const [code, setCode] = useState('')
  const [digits, setDigits] = useState<string>()
  const ending = useRef<AbortController>(undefined)
  const { isBusy, wrong, failure, enter } = useEntering(['linking'])
  useEffect(() => () => ending.current?.abort(), [])
  const link = (text: string) => {
    const given = text.replace(/\s+/g, '')
    const isCode = /^veche-linking:/i.test(given)
    ending.current = new AbortController()
    const { signal } = ending.current
    void enter(isCode ? {} : { linking: entrance.wrong.linkingForm }, async () => {
      try {
        await client.loginByLink({ code: given, onDigits: setDigits, signal })
      } finally {
        setDigits(undefined)
      }
    })
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        link(code)
      }}
    >
      <TextField
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        label={entrance.fields.linking}
        hint={entrance.hints.linking}
        wrong={wrong.linking}
        value={code}
        onInput={setCode}
      />
      {!isBusy && (
        <ScanButton
          label={words.camera.linking.scan}
          told={words.camera.linking.told}
          instead={words.camera.linking.instead}
          onRead={(text) => {
            setCode(text)
            link(text)
          }}
        />
      )}
      {digits !== undefined && (
        <div class="digits">
          <Say text={`${entrance.digits} ${digits}`} />
          <p>{entrance.digits}</p>
          <output>{digits}</output>
        </div>
      )}
      <FormEnd button={entrance.buttons.link} busy={entrance.busy.link} isBusy={isBusy} failure={failure} />
      {isBusy && <Button onClick={() => ending.current?.abort()}>{words.cancel}</Button>}
    </form>
  )
}
