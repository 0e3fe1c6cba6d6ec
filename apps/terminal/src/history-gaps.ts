/** What of a chat this device cannot read: one line where it would stand. */
import type { ChatSummary, HistoryGap, ShownMessage } from '@veche/client'
import type { Fields } from './output.ts'
import type { Words } from './words/en.ts'

export type Gaps = readonly HistoryGap[]

/** Those between the messages that are shown; where all of them are, those before the first as well. */
export function gapsAmong({ archive }: ChatSummary, messages: readonly ShownMessage[], isAll: boolean): Gaps {
  const first = messages[0]?.seq
  return (archive?.gaps ?? []).filter(({ last }) => isAll || (first !== undefined && last > first))
}

/** Those that stand right before each message, and after the last of them. */
export function placeGaps(
  gaps: Gaps,
  messages: readonly ShownMessage[],
): { readonly before: ReadonlyMap<ShownMessage['id'], Gaps>; readonly after: Gaps } {
  const before = new Map<ShownMessage['id'], HistoryGap[]>()
  const after: HistoryGap[] = []
  for (const gap of gaps) {
    const next = messages.find(({ seq }) => seq === undefined || seq > gap.last)
    if (next) before.set(next.id, [...(before.get(next.id) ?? []), gap])
    else after.push(gap)
  }
  return { before, after }
}

export function gapText({ count, reason }: HistoryGap, { says }: Words): string {
  return says.gap[reason](says.someMessages(count))
}

export function gapFields({ first, last, count, reason }: HistoryGap): Fields {
  return { type: 'gap', first: Number(first), last: Number(last), count, reason }
}
