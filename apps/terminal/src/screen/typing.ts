/** Who writes in which chat now, and how it is said. */
import type { ChatSummary, Person } from '@veche/client'
import type { Look } from './look.ts'
import { rowText } from './shown-text.ts'
import type { ChatItem, Talk } from './talk-state.ts'

type Typists = Talk['typing']

export function withTyping(
  typing: Typists,
  {
    chat,
    by,
    isTyping,
  }: { readonly chat: ChatSummary['chat']; readonly by: Person; readonly isTyping: boolean },
): Typists {
  const others = (typing[chat] ?? []).filter(({ account }) => account !== by.account)
  return { ...typing, [chat]: isTyping ? [...others, by] : others }
}

/** "Боб пишет…"; undefined where nobody does. */
export function typingText({ typing }: Talk, { chat }: ChatItem, { words }: Look): string | undefined {
  const [first, ...others] = typing[chat] ?? []
  if (first === undefined) return undefined
  return words.screen.isTyping(rowText(first.name), others.length)
}
