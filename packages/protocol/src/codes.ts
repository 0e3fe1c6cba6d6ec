/**
 * What the codes begin with that people type, scan or click, in one place: whatever is shown to a person in one slot is
 * never taken in another (attack A4). A reader asks here first; how the rest is read is its own affair.
 */

export const CODE_PREFIXES = {
  /** To make an account on a server; also inside invite links. */
  registration: 'vr-',
  /** To join a group; inside invite links. */
  chatInvite: 'vi-',
  /** A recovery sheet: whoever holds it gets the account. */
  recovery: 'veche-recovery:',
  /** To compare accounts in person. */
  verification: 'veche-verification:',
  /** To bring a further device to an account; begun on the old device. */
  linking: 'veche-linking:',
} as const

export type CodeKind = keyof typeof CODE_PREFIXES

/** What kind of code a text is, however its letters were typed; undefined where it is none. */
export function codeKindOf(text: string): CodeKind | undefined {
  const kinds = Object.keys(CODE_PREFIXES) as CodeKind[]
  return kinds.find((kind) => startsWith(text, CODE_PREFIXES[kind]))
}

/** What follows the prefix of a code of this kind; undefined for anything else. */
export function codeBody(kind: CodeKind, text: string): string | undefined {
  return codeKindOf(text) === kind ? text.slice(CODE_PREFIXES[kind].length) : undefined
}

function startsWith(text: string, prefix: string): boolean {
  return text.slice(0, prefix.length).toLowerCase() === prefix
}
