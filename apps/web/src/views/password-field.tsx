/** A password that can be looked at; a new one can be suggested, and copied then. */
import { suggestPassphrase } from '@veche/client/password'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useWords } from './context.ts'
import { CopyButton, Field } from './controls.tsx'

interface PasswordFieldProps {
  readonly label: string
  readonly value: string
  /** One is chosen here, and may be suggested. */
  readonly isNew?: boolean
  /** It was chosen for something else than the account: no browser is to put in that of the account. */
  readonly isElsewhere?: boolean
  readonly hint?: string | undefined
  readonly wrong?: string | undefined
  readonly onInput: (value: string) => void
}

export function PasswordField({
  label,
  value,
  isNew = false,
  isElsewhere = false,
  hint,
  wrong,
  onInput,
}: PasswordFieldProps): JSX.Element {
  const { entrance } = useWords()
  const [isShown, setShown] = useState(false)
  const [suggested, setSuggested] = useState<string>()
  const isSuggested = value !== '' && value === suggested
  const suggest = () => {
    const passphrase = suggestPassphrase()
    setShown(true)
    setSuggested(passphrase)
    onInput(passphrase)
  }
  return (
    <Field label={label} hint={isSuggested ? entrance.suggested : hint} wrong={wrong}>
      {(ids) => (
        <div class="with-buttons">
          <input
            {...ids}
            {...(isShown ? { type: 'text' } : { type: 'password' })}
            value={value}
            autocomplete={isElsewhere ? 'off' : isNew ? 'new-password' : 'current-password'}
            autocapitalize="none"
            spellcheck={false}
            onInput={({ currentTarget }) => onInput(currentTarget.value)}
          />
          <button
            type="button"
            class="button button-quiet"
            aria-pressed={isShown}
            onClick={() => setShown(!isShown)}
          >
            {isShown ? entrance.hide : entrance.show}
          </button>
          {isNew && (
            <button type="button" class="button button-quiet" onClick={suggest}>
              {entrance.suggest}
            </button>
          )}
          {isSuggested && <CopyButton kind="quiet" text={value} />}
        </div>
      )}
    </Field>
  )
}
