/** The beginning of a message in one line. */
import { oneLine } from './plain-text.ts'

/** So much that a line fits most terminals. */
const excerptCharacters = 32

export function excerpt(text: string, most = excerptCharacters): string {
  const line = [...oneLine(text)]
  return line.length <= most ? line.join('') : `${line.slice(0, most - 1).join('')}…`
}
