/**
 * Two accounts of one chat's messages, by ascending position, as one. Where both tell of a position, what is here counts;
 * what was erased here stays erased, and a message that is here is not taken a second time.
 */
import { type HistoryEntry, IdFilter, type KnownIds } from '@veche/history'
import type { MessageId } from '@veche/protocol'

export interface Merged {
  readonly entry: HistoryEntry
  /** Whether it is not here yet. */
  readonly isNew: boolean
}

/** What is here; each by ascending position. */
export interface Here {
  readonly entries: AsyncIterator<HistoryEntry>
  readonly erased: ReturnType<KnownIds['ascending']>
  /** Of all of these. */
  readonly ids: IdFilter
  /** Whether a message is here that `ids` may have, those that were taken included. */
  isHere(id: MessageId): Promise<boolean>
}

export async function* mergeEntries(
  { entries, erased, ids, isHere }: Here,
  others: AsyncIterable<HistoryEntry>,
): AsyncGenerator<Merged> {
  let here = await entries.next()
  let gone = await erased.next()
  for await (const other of others) {
    for (; !here.done && here.value.position < other.position; here = await entries.next()) {
      yield { entry: here.value, isNew: false }
    }
    while (!gone.done && gone.value.position < other.position) gone = await erased.next()
    const isTold = !here.done && here.value.position === other.position
    const isErased = !gone.done && gone.value.position === other.position
    if (isTold || isErased || (ids.mayHave(other.messageId) && (await isHere(other.messageId)))) continue
    ids.add(other.messageId)
    yield { entry: other, isNew: true }
  }
  for (; !here.done; here = await entries.next()) yield { entry: here.value, isNew: false }
}

/** The ids of what is here, and room for `more`. */
export async function filterOf(
  some: readonly { readonly count: number; ids(): AsyncIterable<MessageId> }[],
  more: number,
): Promise<IdFilter> {
  const filter = new IdFilter(some.reduce((sum, { count }) => sum + count, more))
  for (const each of some) for await (const id of each.ids()) filter.add(id)
  return filter
}
