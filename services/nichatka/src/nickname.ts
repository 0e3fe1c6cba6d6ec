import type { Nickname } from './domain.ts'

const maxChars = 150
/** Neither control, format, private, unassigned nor surrogate, and nothing that ends a line (C11). */
const seen = /^[^\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]+$/u

/** 1 to 150 code points of NFC that are all seen, with no white space at either end. Undefined for anything else. */
export function parseNickname(text: string): Nickname | undefined {
  if (text.length > 2 * maxChars || !seen.test(text) || text.trim() !== text) return undefined
  if (text.length > maxChars && [...text].length > maxChars) return undefined
  return text.normalize('NFC') === text ? (text as Nickname) : undefined
}
