import { maxGroupNameChars, maxTextChars } from '../domain.ts'

/** Everything that is neither a line break nor a tab and moves a cursor, or ends a terminal's line (C12). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** What people wrote, as it is kept: well-formed, lines ended by \n, no control characters. Undefined where empty or too long. */
export function parseMessageText(text: string): string | undefined {
  const kept = text.replace(/\r\n?/g, '\n').toWellFormed().replace(controls, '').trimEnd()
  return kept === '' || isLonger(kept, maxTextChars) ? undefined : kept
}

/** What stands for everyone in any language: a group of that name would pass for all (C11). */
const namesOfAll = new Set(['все', 'everyone'])

/** One line, seen whole (C11). */
export function parseGroupName(text: string): string | undefined {
  const name = text.normalize('NFC').trim()
  if (name === '' || isLonger(name, maxGroupNameChars)) return undefined
  if (namesOfAll.has(name.toLowerCase())) return undefined
  return /^[^\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]+$/u.test(name) ? name : undefined
}

function isLonger(text: string, maxChars: number): boolean {
  if (text.length <= maxChars) return false
  return text.length > 2 * maxChars || [...text].length > maxChars
}
