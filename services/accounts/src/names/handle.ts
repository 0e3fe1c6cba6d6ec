/**
 * Handles: how people name an account to each other. ASCII only, and unique by their skeleton, so that no one can
 * pass for another by a look-alike (attack C11).
 */
declare const brand: unique symbol
export type Handle = string & { readonly [brand]: 'handle' }

const FORM = /^[a-z0-9][a-z0-9_.-]{1,30}[a-z0-9]$/

/** The handle, or undefined where the text does not have a handle's form. */
export function parseHandle(text: string): Handle | undefined {
  return FORM.test(text) ? (text as Handle) : undefined
}

/**
 * What is left of a handle when look-alike characters are made one: two handles with one skeleton cannot both be
 * taken. Characters are expanded (m to rn), never contracted, so that the order of replacing cannot matter.
 */
export function handleSkeleton(handle: Handle): string {
  return [...handle]
    .map((character) => LOOK_ALIKES.get(character) ?? character)
    .join('')
    .replace(/-+/g, '-')
}

const LOOK_ALIKES: ReadonlyMap<string, string> = new Map([
  ['1', 'l'],
  ['i', 'l'],
  ['0', 'o'],
  ['m', 'rn'],
  ['w', 'vv'],
  ['d', 'cl'],
  ['_', '-'],
  ['.', '-'],
])
