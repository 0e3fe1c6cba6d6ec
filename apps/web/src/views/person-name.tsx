/** People and groups as they are named: in the colour of the account, which means nothing but is always the same. */
import type { JSX } from 'preact'
import { nameText } from '../state/shown-text.ts'

const HUES = 8

export function hueOf(id: string): number {
  let sum = 0
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) % 65_521
  return sum % HUES
}

/** The name, or the handle where there is none. */
export function nameOf({ name, handle }: { readonly name: string; readonly handle: string }): string {
  return nameText(name) || `@${handle}`
}

export function PersonName({
  person,
}: {
  readonly person: { readonly account: string; readonly name: string; readonly handle: string }
}): JSX.Element {
  return <bdi class={`name hue-${hueOf(person.account)}`}>{nameOf(person)}</bdi>
}

/** Its first letters. */
export function Avatar({
  id,
  name,
  isGroup = false,
}: {
  readonly id: string
  readonly name: string
  readonly isGroup?: boolean
}): JSX.Element {
  const words = nameText(name).match(/[\p{L}\p{N}]+/gu) ?? []
  const letters = words.slice(0, 2).map((word) => [...word][0]?.toLocaleUpperCase() ?? '')
  return (
    <span class={`avatar hue-${hueOf(id)}${isGroup ? ' avatar-group' : ''}`} aria-hidden="true">
      {letters.join('')}
    </span>
  )
}
