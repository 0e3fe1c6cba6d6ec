/** What this device holds of its chats' messages: those of the log, and those that wait for the server. */
import { type HistoryEntry, textMatches } from '@veche/history'
import type { Chat } from '@veche/sync'
import { type Person, type ShownMessage, toShownEntry, toShownOutbox } from './views.ts'

/** The last `limit` of one chat, oldest first. */
export async function readLast(chat: Chat, own: Person, limit: number): Promise<ShownMessage[]> {
  const { logged, waiting } = shown(chat, own, await chat.read(limit))
  return [...logged, ...waiting].slice(-limit)
}

/** Those of all chats whose text contains `text` (see `textMatches`), at most `limit`, newest first. */
export async function searchAll(
  chats: Iterable<Chat>,
  own: Person,
  text: string,
  limit: number,
): Promise<ShownMessage[]> {
  const found: ShownMessage[] = []
  for (const chat of chats) {
    const { logged, waiting } = shown(chat, own, await chat.search(text, limit))
    found.push(...waiting.filter((message) => textMatches(message.text, text)).reverse(), ...logged)
  }
  return found.sort((a, b) => b.at - a.at).slice(0, limit)
}

/** A message that has just come back in the log may be in the outbox, too: it is shown once. */
function shown({ state }: Chat, own: Person, entries: readonly HistoryEntry[]) {
  const logged = entries.flatMap((entry) => toShownEntry(entry, state, own) ?? [])
  const ids = new Set(logged.map(({ id }) => id))
  return { logged, waiting: toShownOutbox(state, own).filter(({ id }) => !ids.has(id)) }
}
