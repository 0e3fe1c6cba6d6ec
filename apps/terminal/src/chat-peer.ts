/** What stands where a chat's other person is named: of a group its name, without a handle. */
import type { ChatSummary, ChatTitle, Person } from '@veche/client'

export type Peer = Pick<Person, 'handle' | 'name'> & Partial<Pick<Person, 'account'>>

export function peerOf(chat: ChatSummary): Peer {
  return chat.type === 'group' ? { handle: '', name: chat.name } : chat.with
}

export function peerOfTitle(title: ChatTitle): Peer {
  return title.with ?? { handle: '', name: title.name }
}
