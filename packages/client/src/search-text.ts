/** What the directory is asked for. */
import { UsageError } from './errors.ts'

const MIN_SEARCH_CHARACTERS = 2
const MAX_SEARCH_CHARACTERS = 64

/** @throws UsageError `search_too_short`, `search_too_long`: it takes 2 to 64 characters */
export function searchText(text: string): string {
  const query = text.trim()
  const characters = [...query].length
  if (characters < MIN_SEARCH_CHARACTERS) throw new UsageError('search_too_short')
  if (characters > MAX_SEARCH_CHARACTERS) throw new UsageError('search_too_long')
  return query
}
