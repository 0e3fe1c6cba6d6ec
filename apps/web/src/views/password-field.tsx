/** A password that can be looked at. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useWords } from './context.ts'
import { Field } from './controls.tsx'

interface PasswordFieldProps {
  readonly label: string
  readonly value: string
  readonly isNew?: boolean
  readonly hint?: string | undefined
  readonly wrong?: string | undefined
  readonly onInput: (value: string) => void
  /** Puts in a good one. */
  readonly onSuggest?: (() => void) | undefined
}

export function PasswordField({
  label,
  value,
  isNew = false,
  hint,
  wrong,
  onInput,
  onSuggest,
}: PasswordFieldProps): JSX.Element {
  const { entrance } = useWords()
  const [isShown, setShown] = useState(false)
  const suggest = () => {
    setShown(true)
    onSuggest?.()
  }
  return (
    <Field label={label} hint={hint} wrong={wrong}>
      {(ids) => (
        <div class="with-buttons">
          <input
            {...ids}
            {...(isShown ? { type: 'text' } : { type: 'password' })}
            value={value}
            autocomplete={isNew ? 'new-password' : 'current-password'}
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
          {onSuggest && (
            <button type="button" class="button button-quiet" onClick={suggest}>
              {entrance.suggest}
            </button>
          )}
        </div>
      )}
    </Field>
  )
}
