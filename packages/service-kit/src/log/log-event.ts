/**
 * What may be logged: declared events, each with declared fields of a few harmless kinds. There is no free text
 * and no kind for ids, addresses or bytes, so a log line cannot hold a secret or say who did what (B12).
 */
import type { DescMethod } from '@bufbuild/protobuf'

/**
 * - `number`: a finite number: counts, bytes, milliseconds.
 * - a list of words: one of them.
 * - `rpc`: a method of the contract, written as its route template.
 * - `error`: anything thrown; written as its class and the frames in our own sources, never its message.
 */
export type FieldKind = 'number' | 'rpc' | 'error' | readonly string[]
export type FieldKinds = Readonly<Record<string, FieldKind>>

type FieldValue<Kind extends FieldKind> = Kind extends 'number'
  ? number
  : Kind extends 'rpc'
    ? DescMethod
    : Kind extends 'error'
      ? unknown
      : Kind extends readonly (infer Word)[]
        ? Word
        : never
export type FieldValues<Kinds extends FieldKinds> = {
  readonly [Name in keyof Kinds]: FieldValue<Kinds[Name]>
}

export interface LogEvent<Kinds extends FieldKinds = FieldKinds> {
  readonly name: string
  readonly fields: Kinds
}

/**
 * Declares events, once, beside the code that logs them:
 *
 *     const events = logEvents({ key_packages_swept: { removed: 'number', kind: ['one_time', 'last_resort'] } })
 *     log.info(events.key_packages_swept, { removed: 3, kind: 'one_time' })
 */
export function logEvents<const Events extends Readonly<Record<string, FieldKinds>>>(
  events: Events,
): { readonly [Name in keyof Events]: LogEvent<Events[Name]> } {
  const declared = Object.entries(events).map(([name, fields]) => [name, { name, fields }])
  return Object.fromEntries(declared)
}
