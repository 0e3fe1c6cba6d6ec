/**
 * Display names: shown beside the handle, never in its place, so they need not be unique; but they must be safe to
 * show and must not name the server or who runs it (attack C11).
 */
import { isReserved } from './reserved-names.ts'

export type DisplayNameFault = 'length' | 'form' | 'reserved'

const MAX_CHARACTERS = 64
/** UTF-16 units: no text of 64 characters has more. */
const MAX_UNITS = 2 * MAX_CHARACTERS

/**
 * Controls, formats (direction marks among them), surrogates, private and unassigned characters, what is drawn as
 * nothing, and every space but the ordinary one.
 */
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Z}/u
const MISPLACED_SPACE = /^ | $| {2}/
/** More marks on one letter than any script needs: they would be drawn over the lines around. */
const PILED_MARKS = /^\p{M}|\p{M}{5}/u

/** What is wrong with a display name; undefined when nothing is. */
export function displayNameFault(name: string): DisplayNameFault | undefined {
  if (name.length === 0 || name.length > MAX_UNITS || [...name].length > MAX_CHARACTERS) return 'length'
  if (name !== name.normalize('NFC')) return 'form'
  if (FORBIDDEN.test(name) || MISPLACED_SPACE.test(name) || PILED_MARKS.test(name)) return 'form'
  if (isReserved(name)) return 'reserved'
  return undefined
}
