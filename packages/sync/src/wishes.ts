/** What two accounts wish of the server's history of their chat (M22), as the server tells it. */
import type { Chat } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { LocalKeeping } from './local-keeping.ts'

export type Wishes = Pick<Chat, 'ownKept' | 'peerKept' | 'keptRevision'>

export function withWishes(keeping: LocalKeeping, { ownKept, peerKept, keptRevision }: Wishes): LocalKeeping {
  return { ...keeping, server: ownKept, peerServer: peerKept, revision: keptRevision }
}

export function isSame(one: LocalKeeping, other: LocalKeeping): boolean {
  return one.server === other.server && one.peerServer === other.peerServer && one.revision === other.revision
}
