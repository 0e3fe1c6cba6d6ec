/** What is wished of the server's history of a chat (M22), as the server tells it. */
import { type Chat, ChatType } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { LocalKeeping } from './local-keeping.ts'

export type Wishes = Pick<Chat, 'type' | 'kept' | 'ownKept' | 'peerKept' | 'keptRevision'>

/** In a private chat two wish, each for themselves; in a group those who have the right decide for all. */
export function withWishes(keeping: LocalKeeping, wishes: Wishes): LocalKeeping {
  const { type, kept, ownKept, peerKept, keptRevision: revision } = wishes
  if (type === ChatType.GROUP) return { ...keeping, server: kept, peerServer: true, revision }
  return { ...keeping, server: ownKept, peerServer: peerKept, revision }
}

export function isSame(one: LocalKeeping, other: LocalKeeping): boolean {
  return one.server === other.server && one.peerServer === other.peerServer && one.revision === other.revision
}
