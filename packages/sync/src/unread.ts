/** What of a chat's history the user has still to be shown. */
import type { HistoryEntry, HistoryLog } from '@veche/history'
import type { AccountId } from '@veche/protocol'
import { decodeContent, namesAccount } from './content.ts'

const PAGE = 64

/** Whether this version can show it. */
export function isReadable({ content }: Pick<HistoryEntry, 'content'>): boolean {
  return decodeContent(content).body.kind !== 'unknown'
}

/** The newest message that can be shown; older ones than the last 64 are not looked for. */
export async function newestReadable(history: HistoryLog): Promise<HistoryEntry | undefined> {
  return (await history.last(PAGE)).findLast(isReadable)
}

export interface Unread {
  /** Messages of others. */
  readonly unread: number
  /** Those among them that name this account. */
  readonly mentioned: number
}

/** What is unread after a position, as far as it can be shown; looks no further than `atMost` messages. */
export async function countUnread(
  history: HistoryLog,
  own: AccountId,
  { after, atMost }: { readonly after: bigint; readonly atMost: number },
): Promise<Unread> {
  const found: HistoryEntry[] = []
  let before: { before: bigint } | undefined
  while (found.length < atMost) {
    const page = (await history.last(PAGE, before)).filter(({ position }) => position > after)
    found.unshift(...page.filter((entry) => entry.accountId !== own && isReadable(entry)))
    if (page.length < PAGE) break
    before = { before: page[0]!.position }
  }
  const unread = atMost > 0 ? found.slice(-atMost) : []
  const mentioned = unread.filter(({ content }) => namesAccount(decodeContent(content), own)).length
  return { unread: unread.length, mentioned }
}
