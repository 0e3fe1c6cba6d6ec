/**
 * The page of a list that is searched by its text, in at most three steps, each of which is the last where it fills the page
 * or is all there is:
 *
 * 1. Some of what else matches is looked at, in the order of the list. How many match there tells how far a page reaches.
 * 2. The index of readers and words gives what there is that far.
 * 3. The index gives all of it.
 *
 * A page that was filled before everything was seen is exact, and its count is that of its messages at least. Where the index
 * cannot help, because too many words hold what was typed, every message is looked at.
 */
import type { Database } from '@veche/service-kit'
import type { Page } from '../store.ts'
import { filled, type Looking, lookNear, type Search } from './first-look.ts'
import type { ShownPage } from './found-page.ts'
import { searchIndex } from './search-index.ts'

/** Undefined where the index does not help. */
export async function searchMessages(
  database: Database,
  search: Search,
  page: Page,
  looking: Looking = { all: 1_000, first: 4 * page.limit },
): Promise<ShownPage | undefined> {
  const looked = await lookNear(database, search, page, looking)
  if (looked.kind === 'found') return looked.page
  const { words, stretches } = looked
  if (words === undefined) return undefined
  if (stretches !== undefined) {
    const near = filled(await searchIndex(database, search, page, words, stretches), page)
    if (near !== undefined) return near
  }
  return searchIndex(database, search, page, words)
}
