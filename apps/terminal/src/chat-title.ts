/** A chat as a command names it, and as people read of it. */
import type { ChatSummary, Client } from '@veche/client'
import { findChat } from './find-chat.ts'
import { groupName } from './group-view.ts'
import { personText } from './message-view.ts'

/** @throws Failure */
export function titledChat(client: Client, which: string): ChatSummary {
  const chat = findChat(client, which)
  return client.chats().find((known) => known.chat === chat)!
}

export function chatTitle(summary: ChatSummary): string {
  return summary.type === 'group' ? groupName(summary) : personText(summary.with)
}
