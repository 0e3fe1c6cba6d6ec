/** A line of text with its label. */
import type { JSX } from 'preact'
import { Field } from './controls.tsx'

interface TextFieldProps {
  readonly label: string
  readonly value: string
  readonly hint?: string | undefined
  readonly wrong?: string | undefined
  readonly maxLength?: number
  readonly autocomplete?: string
  readonly autocapitalize?: 'none'
  readonly spellcheck?: boolean
  readonly onInput: (value: string) => void
}

export function TextField({ label, value, hint, wrong, onInput, ...rest }: TextFieldProps): JSX.Element {
  return (
    <Field label={label} hint={hint} wrong={wrong}>
      {(ids) => (
        <input
          {...ids}
          type="text"
          value={value}
          onInput={({ currentTarget }) => onInput(currentTarget.value)}
          {...rest}
        />
      )}
    </Field>
  )
}

/** What a handle is typed with. */
export const handleInput = {
  autocapitalize: 'none',
  autocomplete: 'username',
  spellcheck: false,
  maxLength: 40,
} as const
