/** Small parts that every place is built of. */
import type { ButtonHTMLAttributes, ComponentChildren, JSX } from 'preact'
import { useId, useState } from 'preact/hooks'
import { useApp, useWords } from './context.ts'
import { Icon, type IconName } from './icon.tsx'
import { Say } from './spoken.tsx'

interface ButtonProps
  extends Omit<ButtonHTMLAttributes, 'icon' | 'label' | 'type' | 'disabled' | 'children'> {
  readonly kind?: 'plain' | 'main' | 'danger' | 'quiet'
  readonly icon?: IconName
  readonly type?: 'button' | 'submit'
  readonly disabled?: boolean | undefined
  readonly children?: ComponentChildren
}

export function Button({
  kind = 'plain',
  icon,
  type = 'button',
  children,
  ...rest
}: ButtonProps): JSX.Element {
  return (
    <button type={type} class={`button button-${kind}`} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

/** Only an icon is seen; its name is read, and shown when pointed at. */
export function IconButton({
  icon,
  label,
  ...rest
}: ButtonHTMLAttributes & {
  readonly icon: IconName
  readonly label: string
}): JSX.Element {
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  )
}

interface FieldProps {
  readonly label: string
  readonly hint?: string | undefined
  readonly wrong?: string | undefined
  readonly children: (ids: {
    readonly id: string
    readonly 'aria-describedby'?: string
    readonly 'aria-invalid'?: 'true'
  }) => JSX.Element
}

/** A field with its label, and what is wrong with it beside it. */
export function Field({ label, hint, wrong, children }: FieldProps): JSX.Element {
  const id = useId()
  const told = wrong ?? hint
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        ...(told !== undefined && { 'aria-describedby': `${id}-told` }),
        ...(wrong !== undefined && { 'aria-invalid': 'true' as const }),
      })}
      {told !== undefined && (
        <p id={`${id}-told`} class={wrong === undefined ? 'hint' : 'wrong'}>
          {told}
        </p>
      )}
    </div>
  )
}

export function Choices<Value extends string>({
  legend,
  values,
  value,
  onChoose,
  told,
}: {
  readonly legend: string
  readonly values: Readonly<Record<Value, string>>
  readonly value: Value | undefined
  readonly onChoose: (value: Value) => void
  readonly told?: string | undefined
}): JSX.Element {
  const name = useId()
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {(Object.keys(values) as Value[]).map((each) => (
        <label key={each}>
          <input type="radio" name={name} checked={each === value} onChange={() => onChoose(each)} />
          <span>{values[each]}</span>
        </label>
      ))}
      {told && <p class="hint">{told}</p>}
    </fieldset>
  )
}

export function Check({
  label,
  checked,
  onChange,
}: {
  readonly label: string
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}): JSX.Element {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  )
}

/** Says that it has copied, to who sees it and to who hears it. */
export function CopyButton({
  text,
  kind = 'plain',
}: {
  readonly text: string
  readonly kind?: 'plain' | 'quiet'
}): JSX.Element {
  const { attempt } = useApp()
  const words = useWords()
  const [copied, setCopied] = useState<string>()
  const isCopied = copied === text
  const copy = async () => {
    if (await attempt(() => navigator.clipboard.writeText(text))) setCopied(text)
  }
  return (
    <>
      <Button icon="copy" kind={kind} onClick={copy}>
        {isCopied ? words.copied : words.copy}
      </Button>
      <span class="only-read" role="status">
        {isCopied && words.copied}
      </span>
    </>
  )
}

/** What is under way, in words. */
export function Busy({ children }: { readonly children: string }): JSX.Element {
  return (
    <p class="busy">
      {children}
      <Say text={children} />
    </p>
  )
}

/** An empty place says what will be here, and gives what fills it. */
export function Empty({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <div class="empty">{children}</div>
}
