/** How far a chat counts as read after messages of it were shown. */
import type { ChatSummary, ShownMessage } from '@veche/client'

/**
 * @param before the chat as it was before the messages were fetched
 * @returns undefined where a limit has left older unread messages out: those are still to be shown
 */
export function shownUpTo(
  { position, read, unread }: ChatSummary,
  messages: readonly ShownMessage[],
  own: string,
): bigint | undefined {
  const logged = messages.filter(({ seq }) => seq !== undefined && seq <= position)
  const fresh = logged.filter(({ seq, from }) => seq! > read && from.account !== own)
  return fresh.length < unread ? undefined : logged.at(-1)?.seq
}
