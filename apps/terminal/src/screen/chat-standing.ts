import type { ChatItem } from './talk-state.ts'

/** Whether something can be written in a chat: of its standing, and in a group of one's role. */
export function isWritable(chat: ChatItem): boolean {
  return chat.type === 'group' ? chat.canWrite : chat.state === 'open' || chat.state === 'creating'
}
