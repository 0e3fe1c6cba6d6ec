/** What of a chat's history the user has still to be shown. */
import type { HistoryEntry, HistoryLog } from '@veche/history'
import type { AccountId } from '@veche/protocol'
import { decodeContent } from './content.ts'

const PAGE = 64

/** Whether this version can show it. */
export function isReadable({ content }: Pick<HistoryEntry, 'content'>): boolean {
  return decodeContent(content).body.kind !== 'unknown'
}

/** The newest message that can be shown; older ones than the last 64 are not looked for. */
export async function newestReadable(history: HistoryLog): Promise<HistoryEntry | undefined> {
  return (await history.last(PAGE)).findLast(isReadable)
}

/** Messages of others after a position, as far as they can be shown; counts no further than `atMost`. */
export async function countUnread(
  history: HistoryLog,
  own: AccountId,
  { after, atMost }: { readonly after: bigint; readonly atMost: number },
): Promise<number> {
  let count = 0
  let before: { before: bigint } | undefined
  while (count < atMost) {
    const page = (await history.last(PAGE, before)).filter(({ position }) => position > after)
    count += page.filter((entry) => entry.accountId !== own && isReadable(entry)).length
    if (page.length < PAGE) break
    before = { before: page[0]!.position }
  }
  return Math.min(count, atMost)
}
